/** Evergreen's edge: a CDN in front of the shop that is never older than its version index. */
import { serveAsset } from './assets.ts'
import { classify } from './classify.ts'
import { control } from './control.ts'
import type { Context, Environment } from './environment.ts'
import { passThrough } from './origin.ts'
import { servePage } from './pages.ts'

async function answer(request: Request, env: Environment, context: Context): Promise<Response> {
  const wanted = classify(request)
  switch (wanted.kind) {
    case 'refuse':
      return new Response(`${wanted.why}\n`, {
        status: wanted.status,
        headers: { 'cache-control': 'no-store', 'x-cache': 'PASS edge' },
      })
    case 'control':
      return control(request, env)
    case 'asset':
      return serveAsset(request, wanted.path, env, context)
    case 'page':
      return servePage(request, wanted, env, context)
    case 'pass':
      return passThrough(request, env)
    default:
      return wanted satisfies never
  }
}

export default {
  async fetch(request: Request, env: Environment, context: Context): Promise<Response> {
    try {
      return await answer(request, env, context)
    } catch {
      const headers = {
        'retry-after': '1',
        'cache-control': 'no-store',
        'content-type': 'text/plain; charset=utf-8',
        'x-cache': 'PASS edge',
      }
      return new Response('The shop cannot be reached right now. Please try again in a moment.\n', {
        status: 503,
        headers,
      })
    }
  },
}
