/** Distributions. */
import type { Random } from '../../tools/figures/mulberry32.ts'

export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random())
}

/** @param median of the distribution @param sigma of its logarithm */
export function logNormal(random: Random, median: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return median * Math.exp(sigma * normal)
}

export function uniform(random: Random, from: number, to: number): number {
  return from + (to - from) * random()
}
