/** When a layer first showed a version, seen from outside: by reading it again and again. */
import { Agent, get } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { keys } from '../../lib/freshness/keys.ts'
import { parseTagState } from '../../lib/freshness/tagState.ts'
import { tag } from '../../lib/freshness/tags.ts'

const POLL_MS = 2
/** A layer that is later than this counts as this late. */
export const GIVE_UP_MS = 10_000
const agent = new Agent({ keepAlive: true, maxSockets: 256 })

/** Milliseconds since 1970 with a fraction, to be compared with the clock of a Postgres on the same machine. */
export const now = () => performance.timeOrigin + performance.now()

export interface Fetched {
  readonly status: number
  readonly html: string
  readonly ms: number
}

/** @returns status 0 when there was no answer */
export function fetchPage(url: string): Promise<Fetched> {
  const start = performance.now()
  return new Promise((resolve) => {
    const failed = () => resolve({ status: 0, html: '', ms: performance.now() - start })
    get(url, { agent, timeout: GIVE_UP_MS }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', failed)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, html: Buffer.concat(chunks).toString(), ms: performance.now() - start }))
    }).on('error', failed)
  })
}

/** A layer of the cluster, and the version of a price that it shows. */
export interface Layer {
  readonly name: string
  shown(product: { readonly id: number; readonly path: string }): Promise<number>
}

export function indexLayer(redis: Redis): Layer {
  return { name: 'index', shown: async ({ id }) => parseTagState(await redis.get(keys.tag(tag('price', id)))).version }
}

export function pageLayer(name: string, url: string): Layer {
  return {
    name,
    async shown({ id, path }) {
      const { html } = await fetchPage(url + path)
      return Number(new RegExp(`<meta name="price-version" content="(?:[^"]* )?${id}@(\\d+)`).exec(html)?.[1] ?? 0)
    },
  }
}

/** @returns when the first read began that showed `version`, as `now` counts */
export async function seenAt(layer: Layer, product: { readonly id: number; readonly path: string }, version: number): Promise<number> {
  const deadline = now() + GIVE_UP_MS
  for (;;) {
    const start = now()
    if (start > deadline || (await layer.shown(product).catch(() => 0)) >= version) return start
    await wait(POLL_MS)
  }
}
