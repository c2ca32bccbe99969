/** What the routes of previews answer. */

/** @param text a sentence for people */
export function refuse(status: 404 | 410 | 503, text: string): Response {
  return new Response(`${text}\n`, {
    status,
    headers: {
      'Cache-Control': 'no-store',
      'Content-Type': 'text/plain; charset=utf-8',
      ...(status === 503 && { 'Retry-After': '1' }),
    },
  })
}

/**
 * @param picture undefined when too many others wait
 * @param cacheTag of the row that the picture shows, by which a CDN can be told that it is gone or has another name
 */
export function sendPicture(picture: Buffer | undefined, cacheTag: string): Response {
  if (!picture) return refuse(503, 'Too many pictures are being drawn. Please try again in a moment.')
  return new Response(new Uint8Array(picture), {
    headers: {
      'Content-Type': 'image/png',
      'Cache-Control': 'public, max-age=31536000, immutable',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Tag': cacheTag,
    },
  })
}
