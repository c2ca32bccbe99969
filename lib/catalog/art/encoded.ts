import { brotliCompressSync, gzipSync } from 'node:zlib'
import { LRUCache } from 'lru-cache'

interface EncodedPicture {
  readonly body: Uint8Array<ArrayBuffer>
  readonly encoding: 'br' | 'gzip' | undefined
}

const ENCODERS = { br: (svg: string) => brotliCompressSync(svg), gzip: (svg: string) => gzipSync(svg, { level: 9 }) } as const

/** Drawn pictures are text that compresses four to one: done once, then sent as it is. */
const encoded = new LRUCache<string, Uint8Array<ArrayBuffer>>({ maxSize: 16 * 1024 * 1024, sizeCalculation: (bytes) => bytes.byteLength + 200 })

/** @param accepted the request's `Accept-Encoding` */
export function encodePicture(file: string, svg: string, accepted: string): EncodedPicture {
  const encoding = (['br', 'gzip'] as const).find((candidate) => new RegExp(`\\b${candidate}\\b(?!\\s*;\\s*q=0(?:\\.0+)?\\s*(?:,|$))`).test(accepted))
  if (!encoding) return { body: new TextEncoder().encode(svg), encoding: undefined }
  const key = `${encoding}:${file}`
  const body = encoded.get(key) ?? new Uint8Array(ENCODERS[encoding](svg))
  encoded.set(key, body)
  return { body, encoding }
}
