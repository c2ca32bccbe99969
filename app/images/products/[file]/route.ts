import { PICTURE_HEADERS } from '#lib/catalog/art/headers.ts'
import { artByFile } from '#lib/catalog/art/index.ts'

const NOT_FOUND = 'There is no picture at this address.'

/**
 * A product picture at its content-hashed address. The file name says all there is to know, so that a request
 * costs no query, and the bytes behind an address never change. Behind server.ts only wrong addresses come here.
 * Compressing is the server's work: Next drops the Content-Encoding that a route sets.
 */
export async function GET(_request: Request, { params }: { params: Promise<{ file: string }> }): Promise<Response> {
  const { file } = await params
  const svg = artByFile(file)
  if (svg === undefined) {
    // Not for long: the next release may draw what an address of its own stands for.
    return new Response(NOT_FOUND, {
      status: 404,
      headers: { 'Cache-Control': 'public, max-age=60', 'Content-Type': 'text/plain; charset=utf-8' },
    })
  }
  return new Response(svg, { headers: PICTURE_HEADERS })
}
