import { unstorableText } from '#lib/platform/http/storableText.ts'
import { InvalidRequestError, UnreadableBodyError } from './errors.ts'

/** Reads at most `maxBytes`: the headers may claim less. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new UnreadableBodyError('body_too_large', `The body is larger than ${maxBytes} bytes.`)
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge()
  const parts: Uint8Array[] = []
  let size = 0
  const body: ReadableStream<Uint8Array> | null = request.body
  for await (const part of body ?? []) {
    size += part.byteLength
    if (size > maxBytes) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/**
 * The body of the request, which is JSON in UTF-8.
 * @throws {UnreadableBodyError} 415 for another content type, 413 for a larger body, 400 for what is not JSON
 * @throws {InvalidRequestError} 400 for a text that no store can hold
 */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const [type] = (request.headers.get('content-type') ?? '').split(';')
  if (type?.trim().toLowerCase() !== 'application/json') {
    throw new UnreadableBodyError('unsupported_media_type', 'Send the body as application/json.')
  }
  const bytes = await readBytes(request, maxBytes)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const unstorable = unstorableText(JSON.parse(text))
    if (unstorable) throw new InvalidRequestError([unstorable])
    return text
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof TypeError)
      throw new UnreadableBodyError('invalid_json', 'The body is not JSON in UTF-8.')
    throw cause
  }
}
