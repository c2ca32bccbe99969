/**
 * Servers that stand in for the two vendors: they keep pages as the vendor does and replay its documented answers.
 * Cloudflare: https://developers.cloudflare.com/api/resources/cache/methods/purge/
 * Fastly: https://www.fastly.com/documentation/reference/api/purging/
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { z } from 'zod'

export interface Vendor {
  readonly url: string
  /** Sizes of the calls that came: tags or keys. */
  readonly calls: { readonly path: string; readonly size: number }[]
  /** KV, where there is one. */
  readonly kv: ReadonlyMap<string, string>
  /** KV answers that these were not written everywhere, so often. */
  failKeys(keys: readonly string[], times: number): void
  stop(): Promise<void>
}

interface Kept {
  readonly status: number
  readonly headers: [string, string][]
  readonly body: string
  readonly tags: readonly string[]
}

/** A cache with tags in front of `origin`. */
class TaggedCache {
  readonly #kept = new Map<string, Kept>()
  readonly #origin: string

  constructor(origin: string) {
    this.#origin = origin
  }

  async answer(path: string, response: ServerResponse): Promise<void> {
    const found = this.#kept.get(path)
    const kept = found ?? (await this.#fetch(path))
    this.#kept.set(path, kept)
    response
      .writeHead(kept.status, { ...Object.fromEntries(kept.headers), 'x-cache': found ? 'HIT edge' : 'MISS edge' })
      .end(kept.body)
  }

  purge(tags: readonly string[]): void {
    for (const [path, kept] of this.#kept) if (kept.tags.some((tag) => tags.includes(tag))) this.#kept.delete(path)
  }

  async #fetch(path: string): Promise<Kept> {
    const response = await fetch(this.#origin + path)
    const headers = [...response.headers].filter(([name]) => ['content-type', 'cache-tag', 'etag'].includes(name))
    return {
      status: response.status,
      headers,
      body: await response.text(),
      tags: (response.headers.get('cache-tag') ?? '').split(','),
    }
  }
}

async function listening(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const json = (response: ServerResponse, status: number, body: unknown) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const purgeBody = z.object({ tags: z.array(z.string()) })
const writeBody = z.array(z.object({ key: z.string(), value: z.string() }))
const keysBody = z.object({ surrogate_keys: z.array(z.string()) })

export async function cloudflare(origin: string): Promise<Vendor> {
  const cache = new TaggedCache(origin)
  const kv = new Map<string, string>()
  const calls: Vendor['calls'] = []
  let failing = new Set<string>()
  let failures = 0
  const server = await listening(async (request, response) => {
    const path = request.url ?? ''
    if (path.endsWith('/purge_cache')) {
      const { tags } = purgeBody.parse(JSON.parse(await text(request)))
      calls.push({ path, size: tags.length })
      if (tags.length > 100)
        return json(response, 400, {
          success: false,
          errors: [{ code: 1094, message: 'Too many tags' }],
          messages: [],
          result: null,
        })
      cache.purge(tags)
      return json(response, 200, {
        success: true,
        errors: [],
        messages: [],
        result: { id: '023e105f4ecef8ad9ca31a8372d0c353' },
      })
    }
    if (path.endsWith('/bulk')) {
      const pairs = writeBody.parse(JSON.parse(await text(request)))
      calls.push({ path, size: pairs.length })
      const unsuccessful = failures-- > 0 ? pairs.map(({ key }) => key).filter((key) => failing.has(key)) : []
      for (const { key, value } of pairs) if (!unsuccessful.includes(key)) kv.set(key, value)
      return json(response, 200, {
        success: true,
        errors: [],
        messages: [],
        result: { successful_key_count: pairs.length - unsuccessful.length, unsuccessful_keys: unsuccessful },
      })
    }
    if (path.endsWith('/values/state')) {
      const state = kv.get('state')
      if (state === undefined)
        return json(response, 404, {
          success: false,
          errors: [{ code: 10009, message: "get: 'key not found'" }],
          messages: [],
          result: null,
        })
      return void response.end(state)
    }
    return cache.answer(path, response)
  })
  return {
    ...server,
    kv,
    calls,
    failKeys(keys, times) {
      failing = new Set(keys)
      failures = times
    },
  }
}

export async function fastly(origin: string): Promise<Vendor> {
  const cache = new TaggedCache(origin)
  const calls: Vendor['calls'] = []
  const server = await listening(async (request, response) => {
    const path = request.url ?? ''
    if (!/^\/service\/[^/]+\/purge$/.test(path)) return cache.answer(path, response)
    const { surrogate_keys: keys } = keysBody.parse(JSON.parse(await text(request)))
    calls.push({ path, size: keys.length })
    if (keys.length > 256) return json(response, 400, { msg: 'Too many surrogate keys', detail: 'at most 256' })
    cache.purge(keys)
    return json(response, 200, Object.fromEntries(keys.map((key, i) => [key, `108-1391560174-${974_124 + i}`])))
  })
  return { ...server, calls, kv: new Map(), failKeys: () => undefined }
}
