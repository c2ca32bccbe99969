import { artByFile } from '#lib/catalog/art/index.ts'

const NOT_FOUND = 'There is no picture at this address.'

/**
 * A product picture at its content-hashed address. The file name says all there is to know, so that a request
 * costs no query, and the bytes behind an address never change.
 */
export async function GET(_request: Request, { params }: { params: Promise<{ file: string }> }): Promise<Response> {
  const { file } = await params
  const svg = artByFile(file)
  if (svg === undefined) {
    // Not for long: the next release may draw what an address of its own stands for.
    return new Response(NOT_FOUND, { status: 404, headers: { 'Cache-Control': 'public, max-age=60', 'Content-Type': 'text/plain; charset=utf-8' } })
  }
  // Not compressed here: Next drops Content-Encoding from what a route answers, and a browser cannot read the bytes then.
  return new Response(svg, {
    headers: {
      'Content-Type': 'image/svg+xml; charset=utf-8',
      'Cache-Control': 'public, max-age=31536000, immutable',
      // Opened by itself, an SVG is a document: it may load and run nothing.
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'X-Content-Type-Options': 'nosniff',
    },
  })
}
