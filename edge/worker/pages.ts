/**
 * Pages: found by route, language, representation and version; checked against the index, which is read after the
 * request began; else asked for. The answer is never older than the index was when the request came.
 */
import { remember, tagsAt } from './addresses.ts'
import type { PageWanted } from './classify.ts'
import { collapsed } from './collapse.ts'
import {
  entryOf,
  isCurrent,
  isEntry,
  isShareable,
  isStorable,
  isWithinTtl,
  load,
  mayOutliveTtl,
  ownVersion,
  respond,
  store,
  versionsIn,
  type Entry,
} from './entry.ts'
import type { Context, Environment } from './environment.ts'
import { fetchPage, passThrough, routerHeaders } from './origin.ts'
import { isHeld, isTrusted, markOf, raise, readIndex, type Snapshot } from './versions.ts'

/** A shared answer that is older than its visitor's index is asked for again, so often. */
const ROUNDS = 3

async function representationOf(request: Request, { rsc }: PageWanted): Promise<string> {
  if (!rsc) return 'html'
  const selecting = JSON.stringify([routerHeaders(request), new URL(request.url).searchParams.get('_rsc')])
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(selecting))
  return `rsc-${[...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** The key of the entry. On the shop's own host: a purge by tag reaches what belongs to the zone. */
function keyOf(
  env: Environment,
  wanted: PageWanted,
  representation: string,
  snapshot: Snapshot,
  versions: ReadonlyMap<string, number>,
): string {
  const version = wanted.page === 'product' ? `?v=${ownVersion(versions, snapshot)}` : ''
  return `${new URL(env.PUBLIC_URL).origin}/__edge/entry/${snapshot.epoch}/${representation}${wanted.path}${version}`
}

/** With the marks of tags that were not asked for yet. */
async function covering(env: Environment, snapshot: Snapshot, tags: Iterable<string>): Promise<Snapshot> {
  const missing = [...tags].filter((name) => !snapshot.marks.has(name))
  if (missing.length === 0) return snapshot
  const more = await readIndex(env, missing)
  return { ...snapshot, marks: new Map([...snapshot.marks, ...more.marks]) }
}

async function ask(request: Request, wanted: PageWanted, env: Environment): Promise<Entry> {
  const startedAt = Date.now()
  return entryOf(await fetchPage(request, wanted, env), startedAt)
}

export async function servePage(
  request: Request,
  wanted: PageWanted,
  env: Environment,
  context: Context,
): Promise<Response> {
  const isProduct = wanted.page === 'product'
  const representation = await representationOf(request, wanted)
  const tags = await tagsAt(env, wanted.path, isProduct)
  const snapshot = await readIndex(env, tags)
  if (!isTrusted(env, snapshot)) return passThrough(request, env, 'PASS edge, index not confirmed')

  const key = keyOf(env, wanted, representation, snapshot, new Map(tags.map((name) => [name, 0])))
  const found = await load(key)
  const current = found !== undefined && isCurrent(found, await covering(env, snapshot, found.versions.keys()))
  if (found && current && isWithinTtl(found, wanted.page, env)) {
    context.waitUntil(remember(env, wanted.path, found.versions, isProduct))
    return respond(request, found, 'HIT edge')
  }
  if (request.method === 'HEAD') return passThrough(request, env, 'MISS edge')

  let entry: Entry
  try {
    entry = await fill(request, wanted, env, context, { key, representation, held: isHeld(snapshot) })
  } catch {
    if (found && current && mayOutliveTtl(found)) return respond(request, found, 'STALE edge')
    return new Response('The shop cannot be reached right now. Please try again in a moment.\n', {
      status: 503,
      headers: {
        'retry-after': '1',
        'cache-control': 'no-store',
        'content-type': 'text/plain; charset=utf-8',
        'x-cache': 'MISS edge',
      },
    })
  }
  if (entry.status >= 500 && found && current && mayOutliveTtl(found)) return respond(request, found, 'STALE edge')
  return respond(request, entry, 'MISS edge')
}

async function fill(
  request: Request,
  wanted: PageWanted,
  env: Environment,
  context: Context,
  at: { key: string; representation: string; held: boolean },
): Promise<Entry> {
  let { held } = at
  for (let round = 1; ; round++) {
    const asking = collapsed(
      `${held || round > ROUNDS ? crypto.randomUUID() : ''}${at.key}`,
      () => ask(request, wanted, env),
      isEntry,
    )
    context.waitUntil(asking.catch(() => undefined)) // others wait for it, even if this visitor leaves
    const { answer, shared } = await asking
    if (shared && !isShareable(answer)) return ask(request, wanted, env)
    const snapshot = await publishedSnapshot(env, answer)
    // Someone else's question may have begun before this visitor came: its answer must hold for this one too.
    if (shared && !isCurrent(answer, snapshot) && round <= ROUNDS) {
      held = isHeld(snapshot)
      continue
    }
    if (!shared && isStorable(answer, wanted.page, wanted.rsc) && isCurrent(answer, snapshot)) {
      const keep = Promise.all([
        store(keyOf(env, wanted, at.representation, snapshot, answer.versions), wanted.page, answer, env),
        remember(env, wanted.path, answer.versions, wanted.page === 'product'),
      ])
      context.waitUntil(keep.catch(() => undefined))
    }
    return answer
  }
}

/** The highest version of a tag that this isolate has shown, and when the shop was asked last for a page with the tag. */
const shown = new Map<string, { readonly version: number; readonly startedAt: number }>()
const REMEMBERED = 50_000

/**
 * Raises the index to what is about to be shown: the next page, cached in any place, must not show less. A tag that was never
 * published has no version in the index; it gets one when a page that may still be served shows an older one. After a purge of
 * everything none may: a sale of 40,000 prices made each page write its twenty versions, a millisecond and more each.
 */
async function publishedSnapshot(
  env: Environment,
  { versions, startedAt }: Pick<Entry, 'versions' | 'startedAt'>,
): Promise<Snapshot> {
  const snapshot = await readIndex(env, versions.keys())
  const newer = [...versions].filter(([name, version]) => {
    const { version: published } = markOf(snapshot, name)
    if (published > 0) return version > published
    const known = shown.get(name)
    return known !== undefined && known.startedAt > snapshot.purgedAt && version > known.version
  })
  const after =
    newer.length === 0 ? undefined : await raise(env, new Map(newer.map(([name, version]) => [name, { version }])))
  if (shown.size > REMEMBERED) shown.clear()
  for (const [name, version] of versions) {
    const known = shown.get(name)
    shown.set(name, {
      version: Math.max(version, known?.version ?? 0),
      startedAt: Math.max(startedAt, known?.startedAt ?? 0),
    })
  }
  if (!after) return snapshot
  return { ...snapshot, marks: new Map([...snapshot.marks, ...after.marks]) }
}

/** Passes on what is not kept. What is kept shows nothing older afterwards. */
export async function passOn(request: Request, env: Environment): Promise<Response> {
  const startedAt = Date.now()
  const response = await passThrough(request, env)
  const versions = versionsIn(response.headers.get('cache-tag'))
  if (versions.size > 0) await publishedSnapshot(env, { versions, startedAt })
  return response
}
