/**
 * `GET /og/products/42/7.png`: product 42 with the price of version 7, for previews of links; `GET /images/products/….png`: the drawing
 * of that name for those that read no SVG. What an address shows never changes, so it may be kept for ever; an address that shows
 * nothing yet may not be kept at all.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { artByFile, ART_FOLDER } from '#lib/catalog/art/index.ts'
import { readPriceAtVersion } from '#lib/catalog/prices/priceAtVersion.ts'
import { readiness } from '#lib/platform/process/health.ts'
import type { VisitorLimits } from '../limits/visitorLimits.ts'
import type { DrawnPictures } from './drawnPictures.ts'

const FOLDER = '/og/'
const RASTER = /\.png(?:\?|$)/
const ADDRESS = /^\/og\/products\/([1-9]\d{0,8})\/([1-9]\d{0,8})\.png(?:\?|$)/

function refuse(response: ServerResponse, status: 404 | 405 | 410 | 503, text: string): void {
  response
    .writeHead(status, {
      'Cache-Control': 'no-store',
      'Content-Type': 'text/plain; charset=utf-8',
      ...(status === 503 && { 'Retry-After': '1' }),
      ...(status === 405 && { Allow: 'GET, HEAD' }),
    })
    .end(`${text}\n`)
}

async function lookUp(id: number, version: number) {
  try {
    return await readPriceAtVersion(id, version)
  } catch (error) {
    const { checks } = await readiness()
    if (checks['postgres'] === 'ok') throw error
    return undefined
  }
}

interface Drawer {
  readonly pictures: DrawnPictures
  readonly limits: VisitorLimits
}

function send(request: IncomingMessage, response: ServerResponse, picture: Uint8Array | undefined, tags = ''): void {
  if (!picture) return refuse(response, 503, 'Too many pictures are being drawn. Please try again in a moment.')
  response
    .writeHead(200, {
      'Content-Type': 'image/png',
      'Content-Length': picture.byteLength,
      'Cache-Control': 'public, max-age=31536000, immutable',
      'X-Content-Type-Options': 'nosniff',
      ...(tags && { 'Cache-Tag': tags }),
    })
    .end(request.method === 'HEAD' ? undefined : picture)
}

/** @returns whether the request was for such a picture, and so is answered */
export async function sendSharedPicture(
  request: IncomingMessage,
  response: ServerResponse,
  { pictures, limits }: Drawer,
): Promise<boolean> {
  const { method, url = '' } = request
  const isRaster = url.startsWith(ART_FOLDER) && RASTER.test(url)
  if (!isRaster && !url.startsWith(FOLDER)) return false
  if (await limits.refuse(request, response)) return true
  if (method !== 'GET' && method !== 'HEAD') {
    refuse(response, 405, 'A picture is only read.')
    return true
  }
  if (isRaster) {
    const [file = ''] = url.slice(ART_FOLDER.length).split(RASTER)
    const svg = artByFile(`${file}.svg`)
    if (svg === undefined) refuse(response, 404, 'There is no picture at this address.')
    else send(request, response, await pictures.ofDrawing(file, svg))
    return true
  }
  const [, id, version] = ADDRESS.exec(url) ?? []
  if (id === undefined || version === undefined) {
    refuse(response, 404, 'There is no picture at this address.')
    return true
  }
  const lookup = await lookUp(Number(id), Number(version))
  if (!lookup) refuse(response, 503, 'The shop cannot confirm this right now. Please try again in a moment.')
  else if (lookup.found === 'nothing') refuse(response, 404, 'That version of the price was never committed.')
  else if (lookup.found === 'discontinued') refuse(response, 410, 'This product is no longer sold.')
  else {
    const { product } = lookup
    // Who can be told that the product has another name, or is gone.
    const tags = `product:${product.id},product:${product.id}@${product.version}`
    send(request, response, await pictures.ofProduct(product, Number(version)), tags)
  }
  return true
}
