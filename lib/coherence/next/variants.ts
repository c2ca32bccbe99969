/** A body that never changes, packed once for each encoding that a client asks for. */
import { createHash } from 'node:crypto'
import { BEST, pack, type Encoding } from '../store/encodings.ts'

export class Variants {
  readonly #identity: Buffer
  readonly #packed = new Map<Encoding, Promise<Buffer> | Buffer>()
  readonly #etag: string

  constructor(body: Buffer) {
    this.#identity = body
    this.#etag = createHash('sha256').update(body).digest('base64url').slice(0, 22)
  }

  /** A strong validator: bytes of another encoding have another one. */
  etag(encoding: Encoding): string {
    return encoding === 'identity' ? `"${this.#etag}"` : `"${this.#etag}-${encoding}"`
  }

  /** @returns the bytes; requests that come while they are packed share the work */
  body(encoding: Encoding): Promise<Buffer> | Buffer {
    const packed = this.#packed.get(encoding) ?? pack(this.#identity, encoding, BEST)
    this.#packed.set(encoding, packed)
    return packed
  }
}
