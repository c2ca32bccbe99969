/** What is named by its content, or by the version of what it shows: kept if the shop says `immutable`, and as long as its tags hold. */
import { entryOf, isCurrent, isStorable, load, respond, store, type Entry } from './entry.ts'
import type { Context, Environment } from './environment.ts'
import { fetchAsset } from './origin.ts'
import { isTrusted, readIndex } from './versions.ts'

/** Some name a product that can be renamed or withdrawn; the others depend on nothing. */
async function holds(env: Environment, entry: Entry): Promise<boolean> {
  if (entry.versions.size === 0) return true
  const snapshot = await readIndex(env, entry.versions.keys())
  return isTrusted(env, snapshot) && isCurrent(entry, snapshot)
}

export async function serveAsset(request: Request, path: string, env: Environment, context: Context): Promise<Response> {
  const key = `${new URL(env.PUBLIC_URL).origin}/__edge/asset${path}`
  const found = await load(key)
  if (found && (await holds(env, found))) return respond(request, found, 'HIT edge')
  const entry = await entryOf(await fetchAsset(path, env), Date.now())
  if (isStorable(entry, 'asset', false)) context.waitUntil(store(key, 'asset', entry).catch(() => undefined))
  return respond(request, entry, 'MISS edge')
}
