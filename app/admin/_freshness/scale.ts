/** The place of a value on a chart. Lags span five orders of magnitude, so their axis is logarithmic. */
import { scaleLog } from 'd3-scale'

export interface LogScale {
  /** @returns a place in the range; what lies outside stands at the edge */
  position(value: number): number
  /** Powers of ten inside the scale. */
  readonly ticks: readonly number[]
}

/**
 * @param values milliseconds; the scale goes from the power of ten below the least, at least 1, to the one above the greatest, and over two of them
 * @param range where its ends stand
 */
export function logScale(values: readonly number[], range: readonly [number, number]): LogScale {
  const most = Math.max(100, ...values.map((value) => value * 1.0001))
  const [least = 1, last = most] = scaleLog()
    .domain([Math.max(1, Math.min(most, ...values)), most])
    .nice()
    .domain()
  const first = Math.min(least, last / 100)
  const scale = scaleLog([first, last], range).clamp(true)
  return { position: scale, ticks: scale.ticks(Math.log10(last / first)) }
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
