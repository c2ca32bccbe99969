/**
 * Sends product pictures without Next. A list shows 24 of them; Next needs a millisecond for each, and would compress
 * each again for every request. An address without a picture goes on to Next, whose route answers 404.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import { PICTURE_HEADERS } from '#lib/catalog/art/headers.ts'
import { artByFile, ART_FOLDER } from '#lib/catalog/art/index.ts'
import { acceptedEncoding, Variants } from '#lib/coherence/next.ts'

/** About 8 KB each with both encodings. */
const packed = new LRUCache<string, Variants>({ max: 2_000 })

function variantsOf(file: string): Variants | undefined {
  const known = packed.get(file)
  if (known) return known
  const svg = artByFile(file)
  if (svg === undefined) return undefined
  const variants = new Variants(Buffer.from(svg))
  packed.set(file, variants)
  return variants
}

/** @returns whether the request was for a picture that there is */
export async function sendPicture(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const { method, url = '', headers } = request
  if (!url.startsWith(ART_FOLDER) || (method !== 'GET' && method !== 'HEAD')) return false
  const variants = variantsOf(url.slice(ART_FOLDER.length))
  if (!variants) return false
  const encoding = acceptedEncoding(headers['accept-encoding'])
  const body = await variants.body(encoding)
  response.writeHead(200, {
    ...PICTURE_HEADERS,
    Vary: 'Accept-Encoding',
    'Content-Length': body.byteLength,
    ...(encoding !== 'identity' && { 'Content-Encoding': encoding }),
  })
  response.end(method === 'HEAD' ? undefined : body)
  return true
}
