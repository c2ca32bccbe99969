import { timingSafeEqual, createHash } from 'node:crypto'
import { env } from './env.ts'

export const INTERNAL_SECRET_HEADER = 'x-internal-secret'

const digest = (text: string) => createHash('sha256').update(text).digest()

/** True when the request comes from one of our own processes. Takes the same time for every wrong secret. */
export function hasInternalSecret(headers: Headers): boolean {
  return timingSafeEqual(digest(headers.get(INTERNAL_SECRET_HEADER) ?? ''), digest(env().INTERNAL_SECRET))
}
