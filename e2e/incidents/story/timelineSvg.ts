/** Two lanes over one axis of time: what readers of the naive variant got, and readers of this system. */
import type { Outcome, Run, Story } from './story.ts'

const WIDTH = 860
const AXIS = { left: 112, right: 836 }
const LANE_HEIGHT = 22
const MARK_HEIGHT = 17
const GAP = 26
/** Pixels of one read at least. */
const READ_WIDTH = 3
const OUTCOMES = ['current', 'stale', 'refused'] as const satisfies readonly Outcome[]

const STYLE = `
  svg { --ink: #1f2937; --faint: #d5dae1; --current: #15803d; --stale: #b91c1c; --refused: #a16207 }
  @media (prefers-color-scheme: dark) { svg { --ink: #d6dbe3; --faint: #3b4452; --current: #4ade80; --stale: #f87171; --refused: #facc15 } }
  text { fill: var(--ink) } line { stroke: var(--faint) } .lane { fill: none; stroke: var(--faint) }
  .current { fill: var(--current) } .stale { fill: var(--stale) } .refused { fill: var(--refused) } .name { font-weight: 600 }`

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** @returns an SVG that stands in both colour schemes; marks stand under their lane, each in a row of its own */
export function timelineSvg({ lesson, naive, ours, figures }: Story): string {
  const latest = Math.max(1, ...[naive, ours].flatMap(({ marks, reads }) => [...marks, ...reads].map(({ at }) => at)))
  const x = (at: number) => AXIS.left + (at / latest) * (AXIS.right - AXIS.left)
  let top = 14
  const parts: string[] = []
  for (const [name, run] of [
    ['naive', naive],
    ['Evergreen', ours],
  ] as const) {
    parts.push(lane(name, run, top, x))
    top += LANE_HEIGHT + run.marks.length * MARK_HEIGHT + GAP
  }
  parts.push(axis(latest, top))
  top += 34
  parts.push(legend(top))
  for (const figure of figures) {
    top += MARK_HEIGHT
    parts.push(`<text x="${AXIS.left}" y="${top}">${escaped(figure)}</text>`)
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top + 14}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${escaped(lesson).replaceAll('"', '&quot;')}">
<style>${STYLE}
</style>
${parts.join('\n')}
</svg>
`
}

function lane(name: string, { marks, reads }: Run, top: number, x: (at: number) => number): string {
  const width = AXIS.right - AXIS.left
  const boxes = reads.map(({ at, outcome }, i) => {
    const next = reads[i + 1]?.at ?? at
    const to = reads[i + 1]?.outcome === outcome ? x(next) : x(at) + READ_WIDTH
    return `<rect class="${outcome}" x="${x(at).toFixed(1)}" y="${top}" width="${Math.max(READ_WIDTH, to - x(at)).toFixed(1)}" height="${LANE_HEIGHT}"><title>${outcome}</title></rect>`
  })
  const lines = marks.map(({ at, what }, i) => {
    const height = top + LANE_HEIGHT + (i + 1) * MARK_HEIGHT
    const atLeft = x(at) < (AXIS.left + AXIS.right) / 2
    const anchor = atLeft ? '' : ' text-anchor="end"'
    return `<line x1="${x(at).toFixed(1)}" x2="${x(at).toFixed(1)}" y1="${top}" y2="${height}"/><text x="${(x(at) + (atLeft ? 4 : -4)).toFixed(1)}" y="${height}"${anchor}>${escaped(what)}</text>`
  })
  return [
    `<text class="name" x="${AXIS.left - 10}" y="${top + 15}" text-anchor="end">${name}</text>`,
    `<rect class="lane" x="${AXIS.left}" y="${top}" width="${width}" height="${LANE_HEIGHT}"/>`,
    ...boxes,
    ...lines,
  ].join('\n')
}

function axis(latest: number, top: number): string {
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const left = AXIS.left + part * (AXIS.right - AXIS.left)
    const label = latest >= 2_000 ? `${((part * latest) / 1_000).toFixed(1)} s` : `${Math.round(part * latest)} ms`
    return `<line x1="${left}" x2="${left}" y1="${top - 6}" y2="${top}"/><text x="${left}" y="${top + 14}" text-anchor="middle">${label}</text>`
  })
  return [`<line x1="${AXIS.left}" x2="${AXIS.right}" y1="${top}" y2="${top}"/>`, ...ticks].join('\n')
}

const legend = (top: number) =>
  OUTCOMES.map(
    (outcome, i) =>
      `<rect class="${outcome}" x="${AXIS.left + i * 110}" y="${top - 9}" width="10" height="10"/><text x="${AXIS.left + i * 110 + 16}" y="${top}">${outcome}</text>`,
  ).join('\n')
