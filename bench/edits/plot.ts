/** Reads a second over edits a second, one curve a server; both axes are logarithmic, and no edits stand at the left. */

export interface Curve {
  readonly name: string
  readonly own: boolean
  readonly points: readonly { readonly edits: number; readonly reads: number }[]
}

const [WIDTH, HEIGHT] = [900, 460]
const BOX = { left: 72, right: 284, top: 40, bottom: 56 }
const [INNER_RIGHT, INNER_BOTTOM] = [WIDTH - BOX.right, HEIGHT - BOX.bottom]
/** Where no edits are, and where one edit a second is. */
const [ZERO_X, ONE_X] = [BOX.left + 24, BOX.left + 120]
const [MOST_EDITS, LEAST_READS, MOST_READS] = [1_000, 1, 20_000]
const LABEL_HEIGHT = 17
const PEER_COLOURS = 3
/** Each is told from the others by its dashes too. */
const DASHES = ['', '7 4', '2 4', '10 4 2 4', '4 4']

const decades = (most: number) => Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, i) => 10 ** i)
const share = (value: number, from: number, to: number) =>
  Math.log10(Math.min(to, Math.max(from, value)) / from) / Math.log10(to / from)
/** Rates below one a second lie between none and one. */
const x = (edits: number) =>
  edits < 1 ? ZERO_X + edits * (ONE_X - ZERO_X) : ONE_X + share(edits, 1, MOST_EDITS) * (INNER_RIGHT - ONE_X)
const y = (reads: number) => INNER_BOTTOM - share(reads, LEAST_READS, MOST_READS) * (INNER_BOTTOM - BOX.top)

/** Labels beside the ends of the curves, moved apart where they would cover each other. */
function labelHeights(curves: readonly Curve[]): Map<Curve, number> {
  const ends = curves
    .map((curve) => ({ curve, at: y(curve.points.at(-1)?.reads ?? 0) }))
    .toSorted((one, other) => one.at - other.at)
  let lowest = -Infinity
  return new Map(
    ends.map(({ curve, at }) => {
      lowest = Math.max(at, lowest + LABEL_HEIGHT)
      return [curve, lowest]
    }),
  )
}

const STYLE = `
  svg { --ink: #1f2937; --faint: #d5dae1; --own: #15803d; --peer-0: #9a3412; --peer-1: #6d28d9; --peer-2: #0b6bcb }
  @media (prefers-color-scheme: dark) { svg { --ink: #d6dbe3; --faint: #3b4452; --own: #4ade80; --peer-0: #fdba74; --peer-1: #c4b5fd; --peer-2: #7dd3fc } }
  text { fill: var(--ink) } .grid { stroke: var(--faint) }
  g { --line: var(--own); --width: 2 } .own { --width: 3 }
  .peer-0 { --line: var(--peer-0) } .peer-1 { --line: var(--peer-1) } .peer-2 { --line: var(--peer-2) }
  path { fill: none; stroke: var(--line); stroke-width: var(--width) } circle { fill: var(--line) }
  g text { fill: var(--line) } .own text { font-weight: 600 }`

export function plot(curves: readonly Curve[]): string {
  const columns = [
    { at: 0, label: 'none' },
    ...decades(MOST_EDITS).map((at) => ({ at, label: at.toLocaleString('en') })),
  ]
  const grid = [
    ...columns.map(
      ({ at, label }) =>
        `<line class="grid" x1="${x(at)}" x2="${x(at)}" y1="${BOX.top}" y2="${INNER_BOTTOM}"/><text x="${x(at)}" y="${INNER_BOTTOM + 18}" text-anchor="middle">${label}</text>`,
    ),
    ...decades(MOST_READS).map(
      (reads) =>
        `<line class="grid" x1="${BOX.left}" x2="${INNER_RIGHT}" y1="${y(reads)}" y2="${y(reads)}"/><text x="${BOX.left - 8}" y="${y(reads) + 4}" text-anchor="end">${reads.toLocaleString('en')}</text>`,
    ),
  ]
  const labels = labelHeights(curves)
  const peers = curves.filter(({ own }) => !own)
  const lines = curves.map((curve, i) => {
    const points = curve.points.map(({ edits, reads }) => ({ left: x(edits).toFixed(1), top: y(reads).toFixed(1) }))
    const path = points.map(({ left, top }, n) => `${n === 0 ? 'M' : 'L'}${left} ${top}`).join('')
    const circles = points.map(({ left, top }) => `<circle cx="${left}" cy="${top}" r="3.5"/>`).join('')
    const height = labels.get(curve) ?? 0
    const [from, to] = [INNER_RIGHT + 14, INNER_RIGHT + 44]
    const dashes = `stroke-dasharray="${DASHES[i % DASHES.length]}"`
    const label = `<path d="M${from} ${height.toFixed(1)}H${to}" ${dashes}/><text x="${to + 8}" y="${(height + 4).toFixed(1)}">${curve.name}</text>`
    const kind = curve.own ? 'own' : `peer-${peers.indexOf(curve) % PEER_COLOURS}`
    return `<g class="${kind}"><path d="${path}" ${dashes}/>${circles}${label}</g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="Reads a second over edits a second">
<style>${STYLE}
</style>
${[...grid, ...lines].join('\n')}
<text x="${(BOX.left + INNER_RIGHT) / 2}" y="${INNER_BOTTOM + 42}" text-anchor="middle">price edits a second</text>
<text x="${BOX.left}" y="20">reads a second, 16 readers</text>
</svg>
`
}
