import { PICTURE_HEADERS } from '#lib/catalog/art/headers.ts'
import { artByFile } from '#lib/catalog/art/index.ts'
import { rasterOf } from '../../../_og/drawnPictures.tsx'

const NOT_FOUND = 'There is no picture at this address.'

/**
 * A product picture at its content-hashed address. The file name says all there is to know, so that a request
 * costs no query, and the bytes behind an address never change. With `.png` it is the same drawing for those that read no SVG.
 * Behind server.ts only those and wrong addresses come here.
 * Compressing is the server's work: Next drops the Content-Encoding that a route sets.
 */
export async function GET(_request: Request, { params }: { params: Promise<{ file: string }> }): Promise<Response> {
  const { file } = await params
  const svg = artByFile(file.replace(/\.png$/, '.svg'))
  if (svg === undefined) {
    // Not for long: the next release may draw what an address of its own stands for.
    return new Response(NOT_FOUND, {
      status: 404,
      headers: { 'Cache-Control': 'public, max-age=60', 'Content-Type': 'text/plain; charset=utf-8' },
    })
  }
  if (!file.endsWith('.png')) return new Response(svg, { headers: PICTURE_HEADERS })
  const png = await rasterOf(svg)
  if (!png)
    return new Response('Too many pictures are being drawn. Please try again in a moment.\n', {
      status: 503,
      headers: { 'Cache-Control': 'no-store', 'Content-Type': 'text/plain; charset=utf-8', 'Retry-After': '1' },
    })
  return new Response(new Uint8Array(png), { headers: { ...PICTURE_HEADERS, 'Content-Type': 'image/png' } })
}
