/** Files named by their content or by the version of what they show. Kept if the shop says `immutable`, while their tags hold. */
import { collapsed } from './collapse.ts'
import { entryOf, isCurrent, isEntry, isShareable, isStorable, load, respond, store, type Entry } from './entry.ts'
import type { Context, Environment } from './environment.ts'
import { fetchAsset } from './origin.ts'
import { isTrusted, readIndex } from './versions.ts'

/** Named by nothing but their content. Anything else may show what can be renamed or withdrawn, and belongs to an epoch of the index. */
const BY_CONTENT = /^\/(?:_next\/static|images)\//

async function keyOf(env: Environment, path: string): Promise<string> {
  const home = `${new URL(env.PUBLIC_URL).origin}/__edge/asset`
  return BY_CONTENT.test(path) ? home + path : `${home}/${(await readIndex(env, [])).epoch}${path}`
}

/** Some name a product that can be renamed or withdrawn; the others depend on nothing. */
async function holds(env: Environment, entry: Entry): Promise<boolean> {
  if (entry.versions.size === 0) return true
  const snapshot = await readIndex(env, entry.versions.keys())
  return isTrusted(env, snapshot) && isCurrent(entry, snapshot)
}

export async function serveAsset(
  request: Request,
  path: string,
  env: Environment,
  context: Context,
): Promise<Response> {
  const key = await keyOf(env, path)
  const found = await load(key)
  if (found && (await holds(env, found))) return respond(request, found, 'HIT edge')
  const ask = async () => {
    const startedAt = Date.now()
    return entryOf(await fetchAsset(path, env), startedAt)
  }
  const asking = collapsed(key, ask, isEntry)
  context.waitUntil(asking.catch(() => undefined)) // others wait for it, even if this visitor leaves
  const { answer, shared } = await asking
  // Someone else's question may have begun before this visitor came.
  const entry = !shared || (isShareable(answer) && (await holds(env, answer))) ? answer : await ask()
  if (isStorable(entry, 'asset', false)) context.waitUntil(store(key, 'asset', entry, env).catch(() => undefined))
  return respond(request, entry, 'MISS edge')
}
