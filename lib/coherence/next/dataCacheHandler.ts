/**
 * Next's `cacheHandlers.default`: the values of `'use cache'` functions. It makes the same check as the page
 * cache; otherwise a new render would be built from the very value that it was meant to replace.
 */
import { buildId } from '#lib/platform/build.ts'
import { env, isBuildPhase } from '#lib/platform/env.ts'
import { processSingleton } from '#lib/platform/processSingleton.ts'
import { cacheRedis } from '#lib/platform/redis.ts'
import { EntryStore } from '../store/entryStore.ts'
import { dependenciesOf } from '../protocol/freshness.ts'
import { ENTRY_TTL_S, keys } from '../protocol/keys.ts'
import { renderStart, StartLog } from '../render/renderStart.ts'
import { versionIndex } from '../index/versionIndex.ts'

interface DataEntry {
  value: ReadableStream<Uint8Array>
  tags: string[]
  stale: number
  /** Milliseconds since 1970: when Next called the function, in this process. */
  timestamp: number
  expire: number
  revalidate: number
}

interface DataValue {
  readonly bytes: Buffer
  readonly tags: string[]
  readonly stale: number
  readonly expire: number
  readonly revalidate: number
}

function isDataValue(value: unknown): value is DataValue {
  return (
    typeof value === 'object' &&
    value !== null &&
    'bytes' in value &&
    value.bytes instanceof Uint8Array &&
    'tags' in value
  )
}

function store(): EntryStore<DataValue> {
  return processSingleton(
    'dataCache',
    () =>
      new EntryStore<DataValue>({
        name: 'data',
        redis: cacheRedis,
        index: versionIndex,
        redisKey: (key) => keys.data(buildId(), key),
        maxBytes: env().L1_MAX_BYTES * 0.25,
        sizeOf: (value) => value.bytes.byteLength,
        isValue: isDataValue,
      }),
  )
}

const starts = new StartLog()
const pending = new Map<string, Promise<void>>()

/** A miss: Next calls the function next. */
async function begin(): Promise<undefined> {
  starts.note(await renderStart(versionIndex()))
  return undefined
}

function toStream(bytes: Buffer): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(bytes))
      controller.close()
    },
  })
}

async function save(key: string, pendingEntry: Promise<DataEntry>): Promise<void> {
  const entry = await pendingEntry
  const chunks = await Array.fromAsync(entry.value)
  const { tags, stale, expire, revalidate, timestamp } = entry
  const provenance = starts.before(timestamp)
  // What is good for a second at most is that short for a reason, such as a row that is not there yet.
  if (!provenance || expire === 0 || revalidate <= 1 || isBuildPhase()) return
  await store().put(key, {
    ...provenance,
    value: { bytes: Buffer.concat(chunks), tags, stale, expire, revalidate },
    dependencies: dependenciesOf(tags),
    ttl: Math.max(1, Math.min(revalidate, expire, ENTRY_TTL_S)),
  })
}

const dataCacheHandler = {
  async get(key: string, softTags: string[]): Promise<DataEntry | undefined> {
    if (isBuildPhase()) return undefined
    await pending.get(key)
    // Next waits for good for a `get` that rejects. When nobody can say, the function runs, and says why it cannot.
    const found = await store()
      .get(key)
      .catch(() => undefined)
    if (!found) return begin()
    const soft =
      softTags.length === 0
        ? undefined
        : await versionIndex()
            .read(softTags)
            .catch(() => undefined)
    const expired = softTags.some((name) => found.entry.startedAt <= (soft?.states.get(name)?.expiredAt ?? 0))
    if (expired) return begin()
    const { bytes, ...value } = found.entry.value
    if (found.verdict === 'replaceable') await begin()
    return {
      ...value,
      value: toStream(bytes),
      // Lifetimes are Redis' and L1's business; for Next a value is of this moment, or to be replaced behind the scenes.
      timestamp: Date.now(),
      revalidate: found.verdict === 'replaceable' ? -1 : value.revalidate,
    }
  },

  async set(key: string, pendingEntry: Promise<DataEntry>): Promise<void> {
    const saved = save(key, pendingEntry)
    const settled = saved.catch(() => undefined)
    pending.set(key, settled)
    try {
      await saved
    } finally {
      if (pending.get(key) === settled) pending.delete(key)
    }
  },

  /** Nothing is remembered here that a refresh could bring up to date: every `get` asks the index. */
  async refreshTags(): Promise<void> {},

  /** Soft tags are judged in `get`, where the start of the entry is known. */
  async getExpiration(): Promise<number> {
    return Infinity
  },

  async updateTags(tags: string[], durations?: { expire?: number }): Promise<void> {
    await versionIndex().revalidate(tags, durations ? (durations.expire ?? Infinity) : 0)
  },
}

export default dataCacheHandler
