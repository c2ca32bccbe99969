/** The headers of every picture, from each process that sends it. */
export const PICTURE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'image/svg+xml; charset=utf-8',
  'Cache-Control': 'public, max-age=31536000, immutable',
  // Opened by itself, an SVG is a document: it may load and run nothing.
  'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
}
