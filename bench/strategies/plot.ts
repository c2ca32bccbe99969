/** Stale reads in a million, a bar a strategy, the axis logarithmic; the worst staleness stands beside it. */
export interface Bar {
  readonly name: string
  readonly own: boolean
  readonly perMillion: number
  readonly worst: string
}

const [WIDTH, LEFT, RIGHT, TOP, STEP] = [900, 200, 170, 56, 28]
const MOST = 1_000_000
const STYLE = `
  svg { --ink: #1f2937; --faint: #d5dae1; --own: #15803d; --peer: #b45309 }
  @media (prefers-color-scheme: dark) { svg { --ink: #d6dbe3; --faint: #3b4452; --own: #4ade80; --peer: #fdba74 } }
  text { fill: var(--ink) } line { stroke: var(--faint) } rect { fill: var(--peer) } .own rect { fill: var(--own) }
  .own text { font-weight: 600 }`

const x = (value: number) => LEFT + (Math.log10(Math.max(1, value)) / Math.log10(MOST)) * (WIDTH - LEFT - RIGHT)

export function plot(bars: readonly Bar[]): string {
  const bottom = TOP + bars.length * STEP
  const grid = [1, 10, 100, 1_000, 10_000, 100_000, MOST].map(
    (at) =>
      `<line x1="${x(at).toFixed(1)}" x2="${x(at).toFixed(1)}" y1="${TOP - 8}" y2="${bottom}"/><text x="${x(at).toFixed(1)}" y="${TOP - 14}" text-anchor="middle" font-size="11">${at.toLocaleString('en')}</text>`,
  )
  const rows = bars.map(({ name, own, perMillion, worst }, i) => {
    const middle = TOP + i * STEP + STEP / 2
    const width = Math.max(2, x(perMillion) - LEFT)
    return `<g${own ? ' class="own"' : ''}><text x="${LEFT - 10}" y="${middle + 4}" text-anchor="end">${name}</text><rect x="${LEFT}" y="${middle - 8}" width="${width.toFixed(1)}" height="16" rx="2"/><text x="${WIDTH - RIGHT + 16}" y="${middle + 4}">${perMillion.toLocaleString('en')}; ${worst}</text></g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${bottom + 16}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Stale reads in a million, by caching strategy">
<style>${STYLE}
</style>
${[...grid, ...rows].join('\n')}
<text x="${LEFT}" y="20">stale reads in a million</text>
<text x="${WIDTH - RIGHT + 16}" y="20">and the worst</text>
</svg>
`
}
