/** Evergreen's edge: a CDN in front of the shop that is never older than its version index. */
import { serveAsset } from './assets.ts'
import { classify } from './classify.ts'
import { control } from './control.ts'
import { securityHeaders } from '../../lib/platform/http/securityHeaders.ts'
import type { Context, Environment } from './environment.ts'
import { passOn, servePage } from './pages.ts'

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
      return passOn(request, env)
    default:
      return wanted satisfies never
  }
}

/** Answers of the Worker itself carry the headers of an answer of the shop. */
function withSecurityHeaders(response: Response, request: Request, env: Environment): Response {
  if (response.status === 101 || response.headers.has('content-security-policy')) return response
  const own = new Response(response.body, response)
  const headers = securityHeaders(new URL(request.url).pathname, env.PUBLIC_URL)
  for (const name in headers) own.headers.set(name, headers[name] ?? '')
  return own
}

async function answerOrSayWhyNot(request: Request, env: Environment, context: Context): Promise<Response> {
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
}

export default {
  async fetch(request: Request, env: Environment, context: Context): Promise<Response> {
    return withSecurityHeaders(await answerOrSayWhyNot(request, env, context), request, env)
  },
}
