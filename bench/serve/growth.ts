import { percentile } from '../../tools/figures/percentile.ts'

/**
 * A leak of so much a sample as these are apart by chance is found: the last third is then on average above all of the second.
 * @param values at equal distances
 * @returns by how much the median of their last third is above the highest of their second; at most 0 where they are flat
 */
export function growth(values: readonly number[]): number {
  const [second = 0, last = 0] = [1 / 3, 2 / 3].map((share) => Math.round(values.length * share))
  return percentile(values.slice(last), 0.5) - Math.max(...values.slice(second, last))
}
