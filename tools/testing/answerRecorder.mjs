/**
 * Loaded into each Node process of a browser run before its own code (`NODE_OPTIONS=--import`). It looks at each body that a
 * server of the process sends over TCP to any client, and writes down the placeholders: the run fails when there is one.
 * Requests of a server to itself, over a socket file, make templates.
 */
import { appendFileSync } from 'node:fs'
import { ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib'
import { placeholderIn } from './placeholderMarks.mjs'

/** Content types that hold texts of pages. A stream of events does not end, and repeats the answer of `/api/prices`. */
const LOOKED_AT = /^content-type: *(?:text\/(?!event-stream)|application\/(?:json|ld\+json|xml|javascript))/im
const ENCODING = /^content-encoding: *(\w+)/im
/** @type {Readonly<Record<string, ((bytes: Buffer) => Promise<Buffer>) | undefined>>} */
const DECODERS = {
  br: promisify(brotliDecompress),
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  ...(zstdDecompress && { zstd: promisify(zstdDecompress) }),
}

/** @type {WeakMap<ServerResponse, Uint8Array[]>} */
const chunksOf = new WeakMap()
/** Bodies that are sent again and again from memory. */
const seen = new WeakSet()

/**
 * @param {Uint8Array[]} chunks
 * @param {string} head
 * @param {string} address
 * @param {string} file
 */
async function look(chunks, head, address, file) {
  const [only] = chunks
  if (chunks.length === 1 && only) {
    if (seen.has(only)) return
    seen.add(only)
  }
  const bytes = Buffer.concat(chunks)
  const decoder = DECODERS[ENCODING.exec(head)?.[1] ?? '']
  // An answer that was broken off cannot be unpacked.
  const text = decoder ? await decoder(bytes).catch(() => Buffer.alloc(0)) : bytes
  const found = placeholderIn(text.toString())
  if (found !== undefined) appendFileSync(file, `${address}: ${found.replaceAll('\n', ' ')}\n`)
}

/**
 * @param {ServerResponse} response
 * @param {unknown} chunk
 * @param {unknown} encoding
 */
function note(response, chunk, encoding) {
  if (response.socket?.remoteAddress === undefined) return
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk, isEncoding(encoding) ? encoding : 'utf8') : chunk
  if (!(bytes instanceof Uint8Array)) return
  const chunks = chunksOf.get(response)
  if (chunks) chunks.push(bytes)
  else chunksOf.set(response, [bytes])
}

/** @param {unknown} value @returns {value is BufferEncoding} */
const isEncoding = (value) => typeof value === 'string' && Buffer.isEncoding(value)

/** As it was sent: also what was given to `writeHead` alone. @param {ServerResponse} response @returns {string} */
const headOf = (response) => String(Reflect.get(response, '_header') ?? '')

const file = process.env['PLACEHOLDERS_FOUND']
if (file) {
  const { write, end } = ServerResponse.prototype
  ServerResponse.prototype.write = new Proxy(write, {
    apply(target, response, args) {
      const result = Reflect.apply(target, response, args)
      if (LOOKED_AT.test(headOf(response))) note(response, args[0], args[1])
      return result
    },
  })
  ServerResponse.prototype.end = new Proxy(end, {
    apply(target, response, args) {
      // Before: afterwards the socket may be another answer's. `end` with a chunk may call `write` by itself.
      if (!response.writableEnded) note(response, args[0], args[1])
      const result = Reflect.apply(target, response, args)
      const chunks = chunksOf.get(response)
      const head = headOf(response)
      chunksOf.delete(response)
      if (chunks && LOOKED_AT.test(head)) void look(chunks, head, `${response.req?.method} ${response.req?.url}`, file)
      return result
    },
  })
}
