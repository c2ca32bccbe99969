import { timingSafeEqual, createHash } from 'node:crypto'
import { env } from '../env.ts'

export const INTERNAL_SECRET_HEADER = 'x-internal-secret'

const digest = (text: string) => createHash('sha256').update(text).digest()

/** True when the request comes from one of our own processes. Takes the same time for every wrong secret. */
export function hasInternalSecret(header: string | string[] | null | undefined): boolean {
  return timingSafeEqual(digest(String(header ?? '')), digest(env().INTERNAL_SECRET))
}
