/** The share of a price that is left after the cost: `37.5 %`; a dash when the cost is not known. */
export function showMargin(amount: number, cost: number | null): string {
  if (cost === null) return '–'
  const percent = ((amount - cost) / amount) * 100
  return `${percent < 0 ? '−' : ''}${Math.abs(percent).toFixed(1)} %`
}

/** The change from one amount to another: `−12.5 %`, `+3.0 %`; a dash when there is none. */
export function showPercent(to: number, from: number): string {
  if (to === from) return '–'
  const percent = ((to - from) / from) * 100
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`
}
