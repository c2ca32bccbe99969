/** The share of regions that still showed the old price so long after an edit, for each scheme; both axes say it. */

export interface Curve {
  readonly name: string
  /** Milliseconds, sorted. */
  readonly windows: Float64Array
}

const [WIDTH, HEIGHT] = [900, 520]
const BOX = { left: 70, right: 20, top: 30, bottom: 170 }
const COLOURS = ['#b3261e', '#c77700', '#7a5af8', '#0b6bcb', '#4d7c0f', '#0f766e', '#334155']
const DASHES = ['', '6 3', '2 3', '10 4', '', '4 4', '']
const [FROM_MS, TO_MS] = [10, 3_600_000]
const TICKS: readonly (readonly [number, string])[] = [
  [10, '10 ms'],
  [100, '100 ms'],
  [1_000, '1 s'],
  [10_000, '10 s'],
  [60_000, '1 min'],
  [600_000, '10 min'],
  [3_600_000, '1 h'],
]

const x = (ms: number) =>
  BOX.left +
  ((Math.log10(Math.min(TO_MS, Math.max(FROM_MS, ms))) - Math.log10(FROM_MS)) /
    (Math.log10(TO_MS) - Math.log10(FROM_MS))) *
    (WIDTH - BOX.left - BOX.right)
/** Square root: a thousandth of the regions is to be seen too. */
const y = (share: number) => BOX.top + (1 - Math.sqrt(share)) * (HEIGHT - BOX.top - BOX.bottom)

function path({ windows }: Curve): string {
  const shareAbove = (ms: number) => {
    let [low, high] = [0, windows.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((windows[middle] ?? 0) > ms) high = middle
      else low = middle + 1
    }
    return (windows.length - low) / windows.length
  }
  const steps = Array.from({ length: 400 }, (_, i) => FROM_MS * (TO_MS / FROM_MS) ** (i / 399))
  return steps.map((ms, i) => `${i === 0 ? 'M' : 'L'}${x(ms).toFixed(1)} ${y(shareAbove(ms)).toFixed(1)}`).join('')
}

export function plot(curves: readonly Curve[]): string {
  const bottom = HEIGHT - BOX.bottom
  const grid = [
    ...TICKS.map(
      ([ms, label]) =>
        `<line x1="${x(ms)}" x2="${x(ms)}" y1="${BOX.top}" y2="${bottom}" stroke="#e2e8f0"/><text x="${x(ms)}" y="${bottom + 18}" text-anchor="middle">${label}</text>`,
    ),
    ...[0, 0.001, 0.01, 0.05, 0.25, 0.5, 1].map(
      (share) =>
        `<line x1="${BOX.left}" x2="${WIDTH - BOX.right}" y1="${y(share)}" y2="${y(share)}" stroke="#e2e8f0"/><text x="${BOX.left - 8}" y="${y(share) + 4}" text-anchor="end">${share * 100} %</text>`,
    ),
  ]
  const lines = curves.map(
    (curve, i) =>
      `<path d="${path(curve)}" fill="none" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="2.2" stroke-dasharray="${DASHES[i % DASHES.length]}"/>`,
  )
  const legend = curves.map(({ name }, i) => {
    const [left, top] = [BOX.left, bottom + 62 + i * 18]
    return `<line x1="${left}" x2="${left + 34}" y1="${top - 4}" y2="${top - 4}" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="2.2" stroke-dasharray="${DASHES[i % DASHES.length]}"/><text x="${left + 44}" y="${top}">${name}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#334155">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
${[...grid, ...lines, ...legend].join('\n')}
<text x="${(WIDTH + BOX.left) / 2}" y="${bottom + 38}" text-anchor="middle">time since the edit was committed</text>
<text x="${BOX.left}" y="18">share of regions that still show the old price</text>
</svg>
`
}
