import { webStreamOf } from '#lib/platform/http/webStream.ts'
import { UnreadableBodyError } from './errors.ts'

/**
 * A file, sent as it is made; not by hono/streaming, which ends what has failed as if it were whole. No cache may keep it. What fails before its first part is thrown and has a status of its
 * own; what fails later breaks the answer off, so that half a file does not pass for a whole one.
 */
export async function csv(parts: AsyncIterable<Uint8Array>, filename: string): Promise<Response> {
  const iterator = parts[Symbol.asyncIterator]()
  return new Response(webStreamOf(iterator, await iterator.next()), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${filename}"`,
      'cache-control': 'no-store',
    },
  })
}

/**
 * The body of the request, as it arrives.
 * @throws {UnreadableBodyError} 415 for another content type
 */
export function readUpload(request: Request): AsyncIterable<Uint8Array> {
  const [type] = (request.headers.get('content-type') ?? '').split(';')
  if (type?.trim().toLowerCase() !== 'text/csv')
    throw new UnreadableBodyError('unsupported_media_type', 'Send the file as text/csv.')
  if (!request.body) throw new UnreadableBodyError('unsupported_media_type', 'Send the file as the body.')
  return request.body
}
