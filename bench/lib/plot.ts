/** Drawings of results as SVG, for light and dark pages: bars of one figure, and curves. */
import { scaleLinear, scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import { escapeUTF8 } from 'entities'

/** Twice the colours that a page needs; each curve has dashes of its own too. */
const OWN = 'own'
const STYLE = `
  svg { --ink: #1f2937; --faint: #d5dae1; --own: #15803d; --p0: #b45309; --p1: #6d28d9; --p2: #0b6bcb; --p3: #b3261e; --p4: #0f766e; --p5: #475569; --limit: #b91c1c }
  @media (prefers-color-scheme: dark) { svg { --ink: #d6dbe3; --faint: #3b4452; --own: #4ade80; --p0: #fdba74; --p1: #c4b5fd; --p2: #7dd3fc; --p3: #fca5a5; --p4: #5eead4; --p5: #cbd5e1; --limit: #f87171 } }
  text { fill: var(--ink) } .grid { stroke: var(--faint) } .limit { stroke: var(--limit); stroke-dasharray: 5 3 }
  rect { fill: var(--line) } path { fill: none; stroke: var(--line); stroke-width: 2 } circle { fill: var(--line) } .curve text { fill: var(--line) }
  g { --line: var(--p0) } .p1 { --line: var(--p1) } .p2 { --line: var(--p2) } .p3 { --line: var(--p3) } .p4 { --line: var(--p4) } .p5 { --line: var(--p5) }
  .own { --line: var(--own) } .own path { stroke-width: 3 } .own text { font-weight: 600 }`
const PEERS = 6
/** The approximate number of steps of an axis from 0. */
const MARKS = 5
/** Pixels of a letter of a name, and how many of them there is room for. */
const [LETTER, MOST_LETTERS] = [7.8, 55]
const DASHES = ['', '7 4', '2 4', '10 4 2 4', '4 4', '12 3', '2 2 8 2']

const shown = (value: number) => value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : 0 })

function svg(width: number, height: number, label: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="${escapeUTF8(label)}">
<style>${STYLE}
</style>
${parts.join('\n')}
</svg>
`
}

export interface Bar {
  readonly name: string
  readonly value: number
  /** Stands at the end of the line, in place of the value. */
  readonly text?: string
}

export interface BarPlot {
  /** The measure that a bar shows, with its unit. */
  readonly title: string
  readonly bars: readonly Bar[]
  /** A line at this value. */
  readonly budget?: number
}

/** From 0 or, where the values differ by more than fifty times, logarithmic: with a mark at each power of ten. */
function axisOf(values: readonly number[], range: readonly [number, number]) {
  const most = Math.max(...values) || 1
  const least = Math.min(...values.filter((value) => value > 0), most)
  if (most / least <= 50) {
    const scale = scaleLinear([0, most], range).nice(MARKS)
    return { scale, marks: scale.ticks(MARKS) }
  }
  const scale = scaleLog([least / 10, most], range)
    .nice()
    .clamp(true)
  const [from = 1, to = 1] = scale.domain()
  return { scale, marks: scale.ticks(Math.log10(to / from)) }
}

/** One bar a line; ours, whose names begin with `Evergreen`, stand out where there are others. */
export function barPlot({ title, bars, budget }: BarPlot): string {
  const [width, right, top, step] = [900, 190, 64, 28]
  const left = 30 + LETTER * Math.min(MOST_LETTERS, Math.max(...bars.map(({ name }) => name.length)))
  const values = [...bars.map(({ value }) => value), ...(budget === undefined ? [] : [budget])]
  const { marks, scale } = axisOf(values, [left, width - right])
  const x = (value: number) => scale(value).toFixed(1)
  const bottom = top + bars.length * step
  const grid = marks.map(
    (at) =>
      `<line class="grid" x1="${x(at)}" x2="${x(at)}" y1="${top - 6}" y2="${bottom}"/><text x="${x(at)}" y="${top - 12}" text-anchor="middle" font-size="11">${shown(at)}</text>`,
  )
  const hasOwn = bars.some(({ name }) => name.startsWith('Evergreen'))
  const lines = bars.map(({ name, value, text }, i) => {
    const middle = top + i * step + step / 2
    const kind = !hasOwn || name.startsWith('Evergreen') ? OWN : 'p0'
    const label = name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name
    return `<g class="${hasOwn ? kind : 'p2'}"><text x="${left - 10}" y="${middle + 4}" text-anchor="end">${escapeUTF8(label)}</text><rect x="${left}" y="${middle - 8}" width="${Math.max(2, Number(x(value)) - left).toFixed(1)}" height="16" rx="2"/><text x="${width - right + 16}" y="${middle + 4}">${escapeUTF8(text ?? shown(value))}</text></g>`
  })
  const limit =
    budget === undefined
      ? []
      : [
          `<line class="limit" x1="${x(budget)}" x2="${x(budget)}" y1="${top - 6}" y2="${bottom}"/><text x="${width - right + 16}" y="20">budget ${shown(budget)}</text>`,
        ]
  return svg(width, bottom + 16, title, [
    `<text x="16" y="20">${escapeUTF8(title)}</text>`,
    ...grid,
    ...lines,
    ...limit,
  ])
}

export interface Axis {
  readonly title: string
  readonly marks: readonly { readonly at: number; readonly label: string }[]
  /** The place of a value on the axis: 0 at its beginning, 1 at its end. */
  readonly share: (value: number) => number
}

interface Point {
  readonly x: number
  readonly y: number
}

export interface Curve {
  readonly name: string
  readonly points: readonly Point[]
}

/** Labels beside the ends of the curves, moved apart where they would cover each other, and not below `bottom`. */
function labelHeights(ends: readonly number[], height: number, bottom: number): number[] {
  const order = ends.map((at, i) => ({ at, i })).toSorted((one, other) => one.at - other.at)
  const heights = ends.map(() => 0)
  let lowest = -Infinity
  for (const { at, i } of order) heights[i] = lowest = Math.max(at, lowest + height)
  let highest = bottom + height
  for (const { i } of order.toReversed()) heights[i] = highest = Math.min(heights[i] ?? 0, highest - height)
  return heights
}

/** @param dots whether each point was measured, and gets a dot */
export function curvePlot(x: Axis, y: Axis, curves: readonly Curve[], dots: boolean): string {
  const box = { left: 72, top: 40, width: 500, height: 364 }
  const labelX = box.left + box.width + 14
  const [right, bottom] = [box.left + box.width, box.top + box.height]
  const across = scaleLinear([0, 1], [box.left, right])
  const up = scaleLinear([0, 1], [bottom, box.top])
  const left = (value: number) => across(x.share(value)).toFixed(1)
  const top = (value: number) => up(y.share(value)).toFixed(1)
  const pathOf = line<Point>(
    (point) => across(x.share(point.x)),
    (point) => up(y.share(point.y)),
  )
  const grid = [
    ...x.marks.map(
      ({ at, label }) =>
        `<line class="grid" x1="${left(at)}" x2="${left(at)}" y1="${box.top}" y2="${bottom}"/><text x="${left(at)}" y="${bottom + 18}" text-anchor="middle" font-size="11">${label}</text>`,
    ),
    ...y.marks.map(
      ({ at, label }) =>
        `<line class="grid" x1="${box.left}" x2="${right}" y1="${top(at)}" y2="${top(at)}"/><text x="${box.left - 8}" y="${Number(top(at)) + 4}" text-anchor="end" font-size="11">${label}</text>`,
    ),
  ]
  const isOwn = ({ name }: Curve) => name.startsWith('Evergreen')
  const peers = curves.filter((curve) => !isOwn(curve))
  const heights = labelHeights(
    curves.map(({ points }) => Number(top(points.at(-1)?.y ?? 0))),
    18,
    bottom,
  )
  const lines = curves.map((curve, i) => {
    const circles = dots
      ? curve.points.map((point) => `<circle cx="${left(point.x)}" cy="${top(point.y)}" r="3.5"/>`).join('')
      : ''
    const dashes = `stroke-dasharray="${DASHES[i % DASHES.length]}"`
    const height = heights[i] ?? 0
    const label = `<path d="M${labelX} ${height.toFixed(1)}h28" ${dashes}/><text x="${labelX + 34}" y="${(height + 4).toFixed(1)}" font-size="12">${escapeUTF8(curve.name)}</text>`
    return `<g class="curve ${isOwn(curve) ? OWN : `p${peers.indexOf(curve) % PEERS}`}"><path d="${pathOf(curve.points) ?? ''}" ${dashes}/>${circles}${label}</g>`
  })
  return svg(1_130, 470, `${y.title} over ${x.title}`, [
    ...grid,
    ...lines,
    `<text x="${box.left + box.width / 2}" y="${bottom + 42}" text-anchor="middle">${escapeUTF8(x.title)}</text>`,
    `<text x="${box.left}" y="20">${escapeUTF8(y.title)}</text>`,
  ])
}
