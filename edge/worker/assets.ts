/** What is named by its content, or by the version of what it shows: kept for as long as the shop says `immutable`. */
import { entryOf, isStorable, load, respond, store } from './entry.ts'
import type { Context, Environment } from './environment.ts'
import { fetchAsset } from './origin.ts'

export async function serveAsset(request: Request, path: string, env: Environment, context: Context): Promise<Response> {
  const key = `${new URL(env.PUBLIC_URL).origin}/__edge/asset${path}`
  const found = await load(key)
  if (found) return respond(request, found, 'HIT edge')
  const entry = await entryOf(await fetchAsset(path, env), Date.now())
  if (isStorable(entry, 'asset', false)) context.waitUntil(store(key, 'asset', entry).catch(() => undefined))
  return respond(request, entry, 'MISS edge')
}
