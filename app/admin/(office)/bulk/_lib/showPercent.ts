/** The change from one amount to another: `−12.5 %`, `+3.0 %`; a dash when there is none. */
export function showPercent(to: number, from: number): string {
  if (to === from) return '–'
  const percent = ((to - from) / from) * 100
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`
}
