/** One reader: its own connections, its own browser cache. */
import { promisify } from 'node:util'
import { brotliDecompress, gunzip } from 'node:zlib'
import { LRUCache } from 'lru-cache'
import { computeCacheBustingSearchParam } from 'next/dist/shared/lib/router/utils/cache-busting-search-param.js'
import { Agent } from 'undici'
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
  /** Of an answer that is none of prices; undefined where no answer came. */
  readonly status: number | undefined

  constructor(
    url: string,
    why: string,
    { cause, said = '', status }: { cause?: unknown; said?: string; status?: number | undefined } = {},
  ) {
    super(`${url}: ${why}`, { cause })
    this.why = why
    this.said = said
    this.status = status
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
}: Request): Promise<{ path: string; headers: Headers }> {
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
      ...(tree !== undefined && { 'next-router-state-tree': tree }),
      ...(segment !== undefined && { 'next-router-prefetch': '1', 'next-router-segment-prefetch': segment }),
    },
  }
}

function readingOf({ target: { kind, productId }, ids }: Request, text: string, cacheTag: string): Reading {
  if (kind === 'api') return readPrices(text, ids)
  return kind === 'feed' ? readFeed(text, productId) : readPage(text, productId, cacheTag)
}

type Headers = Readonly<Record<string, string>>

interface Raw {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** Connections that are kept alive: so many to each server. */
const agentOf = (connections: number): Agent =>
  new Agent({ connections, headersTimeout: LONGEST_READ_MS, bodyTimeout: LONGEST_READ_MS })

/** Its server closed the connection: node:http and the system have one name for it. */
const CLOSED = { name: 'UND_ERR_SOCKET', means: 'ECONNRESET' }

export class Client {
  readonly name: string
  readonly #encoding: Encoding
  readonly #connections: number
  #agent: Agent
  /** As a browser's HTTP cache: what a 304 stands for. */
  readonly #remembered = new LRUCache<string, { etag: string; reading: Reading }>({ max: REMEMBERED_PAGES })

  /** @param connections to a server; a browser has six */
  constructor(name: string, encoding: Encoding, connections = 1) {
    this.name = name
    this.#encoding = encoding
    this.#connections = connections
    this.#agent = agentOf(connections)
  }

  /** New connections from here on: on a shared port, perhaps to another instance. */
  reconnect(): void {
    this.close()
    this.#agent = agentOf(this.#connections)
  }

  close(): void {
    void this.#agent.destroy()
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
    if (raw.status === 200 && typeof etag === 'string') this.#remembered.set(key, { etag, reading })
    return { url: path, start, end, status: raw.status, cache: String(raw.headers['x-cache'] ?? 'none'), reading }
  }

  async #read(wanted: Request, key: string, { status, headers, body }: Raw): Promise<Reading> {
    if (status !== 200) {
      const [said = ''] = (await this.#decoded(headers['content-encoding'], body)).toString('utf8', 0, SAID).split('\n')
      throw new ReadFailure(key, `status ${status}`, { said, status })
    }
    const cacheTag = String(headers['cache-tag'] ?? '')
    const parsedKey = `${headers['content-encoding'] ?? ''} ${key}`
    const known = parsed.get(parsedKey)
    if (known && known.cacheTag === cacheTag && known.raw.equals(body)) return known.reading
    const text = (await this.#decoded(headers['content-encoding'], body)).toString('utf8')
    const reading = readingOf(wanted, text, cacheTag)
    parsed.set(parsedKey, { raw: body, cacheTag, reading })
    return reading
  }

  async #decoded(encoding: string | string[] | undefined, body: Buffer): Promise<Buffer> {
    if (encoding === 'gzip' || encoding === 'br') return decompress[encoding](body)
    return body
  }

  #send(origin: string, path: string, headers: Headers): Promise<Raw> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      let [status, received]: [number, Raw['headers']] = [0, {}]
      this.#agent.dispatch(
        { origin, path, method: 'GET', headers },
        {
          onRequestStart: () => undefined,
          onResponseStart(_controller, statusCode, own) {
            status = statusCode
            received = own
          },
          onResponseData: (_controller, chunk) => void chunks.push(chunk),
          onResponseEnd: () => resolve({ status, headers: received, body: Buffer.concat(chunks) }),
          onResponseError(_controller, error) {
            const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message
            reject(new ReadFailure(path, code === CLOSED.name ? CLOSED.means : code, { cause: error }))
          },
        },
      )
    })
  }
}
