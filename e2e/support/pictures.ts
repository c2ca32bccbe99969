/** Pictures compared by what they show. */
import pixelmatch from 'pixelmatch'
import type { PNG } from 'pngjs'

/** The part of the pixels that differ at all, 0 to 1; 1 for pictures of two sizes. */
export function difference(one: PNG, other: PNG): number {
  if (one.width !== other.width || one.height !== other.height) return 1
  const options = { threshold: 0, includeAA: true }
  return pixelmatch(one.data, other.data, undefined, one.width, one.height, options) / (one.width * one.height)
}
