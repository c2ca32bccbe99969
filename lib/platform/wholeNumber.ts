import { z } from 'zod'

/** A number without a fraction, and words for one that is not. */
export function whole(least: number, most?: number) {
  const upTo = most === undefined ? 'on' : `to ${most.toLocaleString('en')}`
  const message = `takes a whole number from ${least.toLocaleString('en')} ${upTo}`
  return z.coerce
    .number(message)
    .int(message)
    .min(least, message)
    .max(most ?? Number.MAX_SAFE_INTEGER, message)
}
