/** The axis of the lag charts. Lags span five orders of magnitude, so it is logarithmic. */

export interface LogScale {
  /** @returns 0 at the lowest value, 1 at the highest; what lies outside stands at the edge */
  position(value: number): number
  /** Powers of ten inside the scale. */
  readonly ticks: readonly number[]
}

/** @param values milliseconds; the scale goes from the power of ten below the least, at least 1, to the one above the greatest, and over two of them */
export function logScale(values: readonly number[]): LogScale {
  const last = Math.max(2, Math.ceil(Math.log10(Math.max(1, ...values) * 1.0001)))
  const least = values.length === 0 ? 1 : Math.max(1, Math.min(...values))
  const first = Math.min(last - 2, Math.floor(Math.log10(least)))
  return {
    position: (value) => Math.min(1, Math.max(0, (Math.log10(Math.max(1, value)) - first) / (last - first))),
    ticks: Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i)),
  }
}

/** Points of a line, broken where a bucket has none: nothing was measured there, so nothing is drawn. */
export function segments<T extends { readonly at: number }>(points: readonly T[], bucketMs: number): T[][] {
  const parts: T[][] = []
  let last: T | undefined
  for (const point of points) {
    if (last && point.at - last.at <= bucketMs * 1.5) parts.at(-1)?.push(point)
    else parts.push([point])
    last = point
  }
  return parts
}
