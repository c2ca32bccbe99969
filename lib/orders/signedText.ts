/** Texts that a browser keeps for the shop and cannot change: a signature stands behind each. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { env } from '#lib/platform/env.ts'

/** A signature of one purpose is worth nothing for another. */
type Purpose = 'cart' | 'orders'

const signature = (purpose: Purpose, text: string) =>
  createHmac('sha256', env().AUTH_SECRET).update(`evergreen ${purpose}\n${text}`).digest('base64url')

/** @param text without a dot at its end */
export function signed(purpose: Purpose, text: string): string {
  return `${text}.${signature(purpose, text)}`
}

/** @returns the text; undefined where the signature is not ours, or for another purpose */
export function unsigned(purpose: Purpose, value: string): string | undefined {
  const at = value.lastIndexOf('.')
  const text = value.slice(0, Math.max(0, at))
  const [given, own] = [Buffer.from(value.slice(at + 1)), Buffer.from(signature(purpose, text))]
  return given.length === own.length && timingSafeEqual(given, own) ? text : undefined
}
