/**
 * The signature of the edge's control endpoint, for both ends: HMAC-SHA-256 over the method, the path, the moment, a
 * number used once and the body. Runs in Node and in a Worker.
 */

export const SIGNATURE_HEADER = 'x-edge-signature'
/** Milliseconds that the two clocks may differ; a call is remembered for twice as long, so that it works once. */
export const WINDOW_MS = 30_000

const FORM = /^t=(\d{1,16}),n=([0-9a-f-]{36}),s=([0-9a-f]{64})$/

export interface Signed {
  readonly method: string
  readonly path: string
  readonly body: string
}

function textOf({ method, path, body }: Signed, at: number, nonce: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode([method, path, at, nonce, body].join('\n'))
}

function hmacKey(secret: string, use: 'sign' | 'verify'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    use,
  ])
}

/** @param now milliseconds since 1970 @returns the value of SIGNATURE_HEADER */
export async function sign(call: Signed, secret: string, now = Date.now()): Promise<string> {
  const nonce = crypto.randomUUID()
  const mac = await crypto.subtle.sign('HMAC', await hmacKey(secret, 'sign'), textOf(call, now, nonce))
  const hex = [...new Uint8Array(mac)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `t=${now},n=${nonce},s=${hex}`
}

export interface Verified {
  /** Used once: for the caller to remember. */
  readonly nonce: string
  /** Milliseconds since 1970, by the sender's clock. */
  readonly at: number
}

/** @returns undefined for a signature that is wrong or too old */
export async function verified(
  call: Signed,
  header: string | null,
  secret: string,
  now = Date.now(),
): Promise<Verified | undefined> {
  const [, at = '', nonce = '', hex = ''] = FORM.exec(header ?? '') ?? []
  if (nonce === '' || Math.abs(now - Number(at)) > WINDOW_MS) return undefined
  const mac = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
  const right = await crypto.subtle.verify(
    'HMAC',
    await hmacKey(secret, 'verify'),
    mac,
    textOf(call, Number(at), nonce),
  )
  return right ? { nonce, at: Number(at) } : undefined
}
