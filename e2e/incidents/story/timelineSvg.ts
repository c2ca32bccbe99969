/** Two lanes, each over its own axis of time: what readers of the naive variant got, and readers of this system. */
import { scaleLinear, type ScaleLinear } from 'd3-scale'
import { escapeUTF8 } from 'entities'
import type { Outcome, Run, Story } from './story.ts'

const WIDTH = 860
const AXIS = { left: 112, right: 836 }
const LANE_HEIGHT = 22
const MARK_HEIGHT = 17
/** Pixels from the last mark to the axis, and from there to what follows. */
const AXIS_GAP = 12
const GAP = 40
/** Pixels of one read at least. */
const READ_WIDTH = 3
/** Half a label of the axis of time. */
const LABEL_WIDTH = 24
const OUTCOMES = ['current', 'stale', 'refused'] as const satisfies readonly Outcome[]

const STYLE = `
  svg { --ink: #1f2937; --faint: #d5dae1; --current: #15803d; --stale: #b91c1c; --refused: #a16207 }
  @media (prefers-color-scheme: dark) { svg { --ink: #d6dbe3; --faint: #3b4452; --current: #4ade80; --stale: #f87171; --refused: #facc15 } }
  text { fill: var(--ink) } line { stroke: var(--faint) } .lane { fill: none; stroke: var(--faint) }
  .current { fill: var(--current) } .stale { fill: var(--stale) } .refused { fill: var(--refused) } .name { font-weight: 600 } .time { font-size: 11px; opacity: 0.75 }`

/** @returns an SVG for both colour schemes; marks stand under their lane, each in a row of its own */
export function timelineSvg({ lesson, naive, ours, figures }: Story): string {
  let top = 14
  const parts: string[] = []
  for (const [name, run] of [
    ['naive', naive],
    ['Evergreen', ours],
  ] as const) {
    const latest = Math.max(1, ...[...run.marks, ...run.reads].map(({ at }) => at))
    const x = scaleLinear([0, latest], [AXIS.left, AXIS.right])
    parts.push(lane(name, run, top, x))
    top += LANE_HEIGHT + run.marks.length * MARK_HEIGHT + AXIS_GAP
    parts.push(axis(x, top))
    top += GAP
  }
  parts.push(legend(top))
  top += 6
  for (const figure of figures) {
    top += MARK_HEIGHT
    parts.push(`<text x="${AXIS.left}" y="${top}">${escapeUTF8(figure)}</text>`)
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top + 14}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${escapeUTF8(lesson)}">
<style>${STYLE}
</style>
${parts.join('\n')}
</svg>
`
}

/** Reads one after the other with the same outcome. */
interface Stretch {
  readonly outcome: Outcome
  readonly from: number
  until: number
}

function stretchesOf(reads: Run['reads']): Stretch[] {
  const stretches: Stretch[] = []
  for (const { at, outcome } of reads) {
    const last = stretches.at(-1)
    if (last?.outcome === outcome) last.until = at
    else stretches.push({ outcome, from: at, until: at })
  }
  return stretches
}

function lane(name: string, { marks, reads }: Run, top: number, x: (at: number) => number): string {
  const width = AXIS.right - AXIS.left
  const boxes = stretchesOf(reads).map(({ outcome, from, until }) => {
    const left = Math.min(x(from), AXIS.right - READ_WIDTH)
    return `<rect class="${outcome}" x="${left.toFixed(1)}" y="${top}" width="${Math.max(READ_WIDTH, x(until) - left).toFixed(1)}" height="${LANE_HEIGHT}"><title>${outcome}</title></rect>`
  })
  const lines = marks.map(({ at, what }, i) => {
    const height = top + LANE_HEIGHT + (i + 1) * MARK_HEIGHT
    const atLeft = x(at) < (AXIS.left + AXIS.right) / 2
    const anchor = atLeft ? '' : ' text-anchor="end"'
    return `<line x1="${x(at).toFixed(1)}" x2="${x(at).toFixed(1)}" y1="${top}" y2="${height}"/><text x="${(x(at) + (atLeft ? 4 : -4)).toFixed(1)}" y="${height}"${anchor}>${escapeUTF8(what)}</text>`
  })
  return [
    `<text class="name" x="${AXIS.left - 10}" y="${top + 15}" text-anchor="end">${name}</text>`,
    `<rect class="lane" x="${AXIS.left}" y="${top}" width="${width}" height="${LANE_HEIGHT}"/>`,
    ...boxes,
    ...lines,
  ].join('\n')
}

function axis(x: ScaleLinear<number, number>, top: number): string {
  const ticks = x.ticks(5).map((at) => {
    const left = x(at).toFixed(1)
    const label = (x.domain()[1] ?? 0) >= 2_000 ? `${at / 1_000} s` : `${at} ms`
    const anchor = at === 0 ? 'start' : x(at) > AXIS.right - LABEL_WIDTH ? 'end' : 'middle'
    return `<line x1="${left}" x2="${left}" y1="${top - 5}" y2="${top}"/><text class="time" x="${left}" y="${top + 13}" text-anchor="${anchor}">${label}</text>`
  })
  return [`<line x1="${AXIS.left}" x2="${AXIS.right}" y1="${top}" y2="${top}"/>`, ...ticks].join('\n')
}

const legend = (top: number) =>
  OUTCOMES.map(
    (outcome, i) =>
      `<rect class="${outcome}" x="${AXIS.left + i * 110}" y="${top - 9}" width="10" height="10"/><text x="${AXIS.left + i * 110 + 16}" y="${top}">${outcome}</text>`,
  ).join('\n')
