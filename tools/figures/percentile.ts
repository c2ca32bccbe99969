/** @param values in any order @param share 0.99 for the 99th percentile @returns one of the values; NaN of none */
export function percentile(values: Iterable<number>, share: number): number {
  const sorted = [...values].toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
