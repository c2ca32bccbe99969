/** Reads each layer as its users do, until it shows an edit. */
import type { Client } from 'pg'
import type { RedisClient } from '#lib/coherence/index.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { readPage } from '#lib/verification/readPage.ts'

/** One product as an edit left it. */
export interface Edited {
  readonly id: number
  readonly slug: string
  readonly version: number
}

export interface Layer {
  readonly name: string
  /** The number of things read there. */
  readonly total: number
  /** @returns how many of them show the edit now */
  readonly read: () => Promise<number>
}

export interface Lag {
  readonly name: string
  readonly fresh: number
  readonly total: number
  /** Milliseconds until all of them were fresh; undefined while they are not. */
  readonly ms: number | undefined
}

/** Pages that are read of a large edit, spread over it. */
const SAMPLED_PAGES = 20
const AT_ONCE = 4
const PAGE_TIMEOUT_MS = 15_000
const PAUSE_MS = 3

/** @returns the version that a page shows of a product; undefined where it does not answer or shows none */
export async function versionOnPage(base: string, { id, slug }: Edited): Promise<number | undefined> {
  const { status, statement } = await readPage(`${base}/en/products/${slug}`, {
    timeoutMs: PAGE_TIMEOUT_MS,
    countsAsVisit: true,
  })
  return status === 200 ? statement.versions.get(id) : undefined
}

function pagesLayer(name: string, base: string, edited: readonly Edited[]): Layer {
  const step = Math.max(1, Math.floor(edited.length / SAMPLED_PAGES))
  const sample = edited.filter((_one, i) => i % step === 0).slice(0, SAMPLED_PAGES)
  let waiting = sample
  return {
    name,
    total: sample.length,
    async read() {
      const some = waiting.slice(0, AT_ONCE)
      const shown = await Promise.all(some.map(async (one) => ((await versionOnPage(base, one)) ?? 0) >= one.version))
      // A place that is not fresh yet goes to the end of the line.
      waiting = [...waiting.slice(AT_ONCE), ...some.filter((_one, i) => !shown[i])]
      return sample.length - waiting.length
    },
  }
}

function indexLayer(redis: RedisClient, edited: readonly Edited[]): Layer {
  const tags = edited.map(({ id }) => keys.tag(`price:${id}`))
  return {
    name: 'version index (Redis)',
    total: edited.length,
    async read() {
      const texts = await redis.mget(tags)
      return edited.filter(({ version }, i) => parseTagState(texts[i] ?? null).version >= version).length
    },
  }
}

/** The outbox is empty when the invalidation job has read back every layer. */
function deliveryLayer(database: Client): Layer {
  return {
    name: 'job: layers read back',
    total: 1,
    async read() {
      const { rows } = await database.query('SELECT 1 FROM outbox WHERE done_at IS NULL LIMIT 1')
      return rows.length === 0 ? 1 : 0
    },
  }
}

export interface Where {
  readonly redis: RedisClient
  readonly database: Client
  readonly instances: readonly string[]
  readonly edge: string | undefined
}

/** Every layer of the shop, for an edit. */
export function layersOf({ redis, database, instances, edge }: Where, edited: readonly Edited[]): Layer[] {
  return [
    indexLayer(redis, edited),
    ...instances.map((url, i) => pagesLayer(`page HTML, web ${i + 1}`, url, edited)),
    ...(edge === undefined ? [] : [pagesLayer('page HTML, edge', edge, edited)]),
    deliveryLayer(database),
  ]
}

export interface WatchOptions {
  /** When the edit was made, by `performance.now()`. */
  readonly since: number
  readonly withinMs: number
  readonly signal: AbortSignal
  /** Called whenever a layer has made progress. */
  readonly onProgress?: (lags: readonly Lag[]) => void
}

/** Reads all layers at once, each until it is fresh or `withinMs` have passed. */
export async function watch(
  layers: readonly Layer[],
  { since, withinMs, signal, onProgress }: WatchOptions,
): Promise<Lag[]> {
  const lags: Lag[] = layers.map(({ name, total }) => ({ name, fresh: 0, total, ms: undefined }))
  await Promise.all(
    layers.map(async ({ name, total, read }, i) => {
      for (;;) {
        signal.throwIfAborted()
        const fresh = await read()
        const ms = Math.round(performance.now() - since)
        const before = lags[i]?.fresh
        lags[i] = { name, fresh, total, ms: fresh === total ? ms : undefined }
        if (fresh !== before) onProgress?.([...lags])
        if (fresh === total || ms > withinMs) return
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    }),
  )
  return lags
}
