/** One reader: its own connections, its own browser cache, one request after the other. */
import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip } from 'node:zlib'
import { LRUCache } from 'lru-cache'
import { computeCacheBustingSearchParam } from 'next/dist/shared/lib/router/utils/cache-busting-search-param.js'
import { LONGEST_READ_MS } from './floor.ts'
import { readFeed, readPage, readPrices, type Reading } from './readings.ts'
import type { Representation, Target } from './targets.ts'

const REMEMBERED_PAGES = 40
/** Bytes of an answer that was refused. */
const SAID = 100
const PARSED_BYTES = 96 * 1024 * 1024

export type Encoding = 'identity' | 'gzip' | 'br'

const decompress = { gzip: promisify(gunzip), br: promisify(brotliDecompress) }

export interface Request {
  readonly origin: string
  readonly locale: string
  readonly target: Target
  readonly representation: Representation
  /** For the API. */
  readonly ids: readonly number[]
  readonly cookie?: string | undefined
}

export interface Answer {
  readonly url: string
  readonly start: number
  readonly end: number
  readonly status: number
  /** As `x-cache` names it. */
  readonly cache: string
  readonly reading: Reading
}

/** The answer that was not one: what status, or what the connection did. */
export class ReadFailure extends Error {
  override readonly name = 'ReadFailure'
  readonly why: string
  /** The first line of an answer that was refused: it tells whose answer it is. */
  readonly said: string

  constructor(url: string, why: string, { cause, said = '' }: { cause?: unknown; said?: string } = {}) {
    super(`${url}: ${why}`, { cause })
    this.why = why
    this.said = said
  }
}

interface Parsed {
  readonly raw: Buffer
  readonly cacheTag: string
  readonly reading: Reading
}

/** The same bytes read the same: most answers are byte for byte one that was read before. */
const parsed = new LRUCache<string, Parsed>({
  maxSize: PARSED_BYTES,
  sizeCalculation: ({ raw }) => raw.byteLength + 1_024,
})

/** The state that Next's router sends: nothing of the new page is known. */
function routerState(locale: string): string {
  return encodeURIComponent(
    JSON.stringify([
      '',
      { children: [['locale', locale, 'd', null], { children: ['__PAGE__', {}] }] },
      null,
      'refetch',
    ]),
  )
}

/** With an encoded character that need not be, and a query that says nothing. */
function respelled(path: string): string {
  const at = path.lastIndexOf('/') + 1
  return `${path.slice(0, at)}%${path.charCodeAt(at).toString(16)}${path.slice(at + 1)}?_rsc=old&utm_source=letter`
}

const hashes = new Map<string, Promise<string>>()

/** Adds the parameter that Next expects behind `_rsc`; few requests have headers of their own. */
function headersHash(
  prefetch: '1' | undefined,
  segment: string | undefined,
  tree: string | undefined,
  nextUrl: string,
): Promise<string> {
  const key = JSON.stringify([prefetch, segment, tree, nextUrl])
  const known = hashes.get(key) ?? computeCacheBustingSearchParam(prefetch, segment, tree, nextUrl)
  hashes.set(key, known)
  return known
}

async function addressed({
  target,
  representation,
  locale,
  ids,
}: Request): Promise<{ path: string; headers: OutgoingHttpHeaders }> {
  if (target.kind === 'api') return { path: `/api/prices?ids=${ids.join(',')}`, headers: {} }
  const path = `/${locale}${target.path}`
  if (representation === 'xml') return { path, headers: { accept: 'application/xml' } }
  if (representation === 'html') return { path, headers: { accept: 'text/html' } }
  if (representation === 'respelled') return { path: respelled(path), headers: { accept: 'text/html' } }
  const nextUrl = `/${locale}`
  const segment = representation === 'segment' ? target.segment : undefined
  const prefetch = segment === undefined ? undefined : '1'
  const tree = segment === undefined ? routerState(locale) : undefined
  const hash = await headersHash(prefetch, segment, tree, nextUrl)
  return {
    path: `${path}${path.includes('?') ? '&' : '?'}_rsc=${hash}`,
    headers: {
      rsc: '1',
      'next-url': nextUrl,
      ...(segment === undefined
        ? { 'next-router-state-tree': tree }
        : { 'next-router-prefetch': prefetch, 'next-router-segment-prefetch': segment }),
    },
  }
}

function readingOf({ kind, productId }: Target, text: string, cacheTag: string): Reading {
  if (kind === 'api') return readPrices(text)
  return kind === 'feed' ? readFeed(text) : readPage(text, productId, cacheTag)
}

interface Raw {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export class Client {
  readonly name: string
  readonly #encoding: Encoding
  #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  /** As a browser's HTTP cache: what a 304 stands for. */
  readonly #remembered = new LRUCache<string, { etag: string; reading: Reading }>({ max: REMEMBERED_PAGES })

  constructor(name: string, encoding: Encoding) {
    this.name = name
    this.#encoding = encoding
  }

  /** New connections from here on: on a shared port, perhaps to another instance. */
  reconnect(): void {
    this.#agent.destroy()
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1 })
  }

  close(): void {
    this.#agent.destroy()
  }

  /** @throws {ReadFailure} when there was no answer, or none that shows prices */
  async get(wanted: Request): Promise<Answer> {
    const { path, headers } = await addressed(wanted)
    const key = `${wanted.representation} ${path}`
    const remembered = this.#remembered.get(key)
    const start = performance.now()
    const raw = await this.#send(wanted.origin, path, {
      ...headers,
      ...(this.#encoding !== 'identity' && { 'accept-encoding': this.#encoding }),
      ...(remembered && { 'if-none-match': remembered.etag }),
      ...(wanted.cookie !== undefined && { cookie: wanted.cookie }),
    })
    const end = performance.now()
    const reading = raw.status === 304 && remembered ? remembered.reading : await this.#read(wanted, key, raw)
    const { etag } = raw.headers
    if (raw.status === 200 && etag !== undefined) this.#remembered.set(key, { etag, reading })
    return { url: path, start, end, status: raw.status, cache: String(raw.headers['x-cache'] ?? 'none'), reading }
  }

  async #read({ target }: Request, key: string, { status, headers, body }: Raw): Promise<Reading> {
    if (status !== 200) {
      const [said = ''] = (await this.#decoded(headers['content-encoding'], body)).toString('utf8', 0, SAID).split('\n')
      throw new ReadFailure(key, `status ${status}`, { said })
    }
    const cacheTag = String(headers['cache-tag'] ?? '')
    const parsedKey = `${headers['content-encoding'] ?? ''} ${key}`
    const known = parsed.get(parsedKey)
    if (known && known.cacheTag === cacheTag && known.raw.equals(body)) return known.reading
    const text = (await this.#decoded(headers['content-encoding'], body)).toString('utf8')
    const reading = readingOf(target, text, cacheTag)
    parsed.set(parsedKey, { raw: body, cacheTag, reading })
    return reading
  }

  async #decoded(encoding: string | undefined, body: Buffer): Promise<Buffer> {
    if (encoding === 'gzip' || encoding === 'br') return decompress[encoding](body)
    return body
  }

  #send(origin: string, path: string, headers: OutgoingHttpHeaders): Promise<Raw> {
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) =>
        reject(new ReadFailure(path, error.code ?? error.message, { cause: error }))
      const sent = request(origin + path, { agent: this.#agent, headers, timeout: LONGEST_READ_MS }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', failed)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        )
      })
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${LONGEST_READ_MS} ms`)))
      sent.on('error', failed)
      sent.end()
    })
  }
}
