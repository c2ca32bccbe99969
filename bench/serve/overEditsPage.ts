/** The section of docs/results/memory.md about memory over edits, and its plot. */
import { scaleLinear } from 'd3-scale'
import { retention } from '../../lib/observability/retention/retention.ts'
import { markdownTable } from '../../tools/figures/markdownTable.ts'
import type { Budget } from '../lib/budget.ts'
import { curvePlot, type Axis } from '../lib/plot.ts'
import { API_EVERY, RATE } from './editsBesideReads.ts'
import { growth } from './growth.ts'
import { TABS } from './openTabs.ts'
import type { OverEdits, Sample } from './overEdits.ts'

const MB = 2 ** 20
/** The name of its file. */
export const PLOT = 'memory-edits'
export const TITLE = 'memory over edits, MB'
/** One sample in so many gets a line in the table. */
const LINE_EVERY = 2
const MARKS = 6

/** What has to stay flat. */
const JUDGED: readonly { readonly name: string; readonly bytes: (sample: Sample) => number }[] = [
  { name: 'web process, resident', bytes: ({ web }) => web.resident },
  { name: 'web process, live heap', bytes: ({ web }) => web.live },
  { name: 'worker, resident', bytes: ({ worker }) => worker.resident },
  { name: 'worker, live heap', bytes: ({ worker }) => worker.live },
]

const grown = ({ samples }: OverEdits, bytes: (sample: Sample) => number) => growth(samples.map(bytes)) / MB

export const budgetsOf = (over: OverEdits): Budget[] =>
  JUDGED.map(({ name, bytes }) => ({
    what: `MB of growth over edits, ${name}`,
    measured: grown(over, bytes),
    atMost: 0,
  }))

function axis(title: string, most: number): Axis {
  const scale = scaleLinear([0, most], [0, 1]).nice(MARKS)
  return { title, marks: scale.ticks(MARKS).map((at) => ({ at, label: at.toLocaleString('en') })), share: scale }
}

/** @returns as SVG */
export function plotOf({ samples }: OverEdits): string {
  const curves = JUDGED.map(({ name, bytes }) => ({
    name,
    points: samples.map((sample) => ({ x: sample.edits, y: bytes(sample) / MB })),
  }))
  const most = Math.max(...curves.flatMap(({ points }) => points.map(({ y }) => y)))
  const x = axis('price edits', samples.at(-1)?.edits ?? 0)
  return curvePlot(x, axis(TITLE, most), curves, true)
}

export function overEditsBody(over: OverEdits): string[] {
  const { samples, traffic, tables } = over
  const edits = (samples.at(-1)?.edits ?? 0).toLocaleString('en')
  const megabytes = (bytes: number) => Math.round(bytes / MB)
  const days = new Map(retention().map((kept) => [kept.table, kept.days]))
  return [
    `## Over ${edits} edits`,
    `![${TITLE}](../images/${PLOT}.svg)`,
    `The same process then has ${RATE} prices a second edited, one in ${API_EVERY} by the admin API and the others by SQL past the application, beside ${RATE} reads a second of its pages by popularity, as browsers ask, and ${TABS} open tabs that follow prices; a worker with all its roles delivers. ` +
      'Each price is edited as often as the others, so nearly every read fills its page anew. "Live" is the heap in use after a collection that the benchmark asks for, once it has read what is resident.',
    markdownTable(
      ['edits', 'web: resident MB', 'live', 'external', 'in L1', 'worker: resident MB', 'live', 'Redis MB'],
      samples
        .filter((_, i) => (i + 1) % LINE_EVERY === 0)
        .map(({ edits: made, web, worker, redis }) => [
          made,
          ...[web.resident, web.live, web.external, web.l1, worker.resident, worker.live, redis].map(megabytes),
        ]),
    ),
    `Flat means: of ${samples.length} samples at equal distances, the median of the last third is no higher than the highest of the second third.`,
    JUDGED.map(({ name, bytes }) => {
      const by = grown(over, bytes)
      return `- ${name}: ${Math.abs(by).toFixed(1)} MB ${by > 0 ? 'above: **missed**' : 'below: kept'}.`
    }).join('\n'),
    markdownTable(['readers and editors', ''], traffic),
    'Tables grow until their rows are deleted by age:',
    markdownTable(
      ['table', 'MB before', 'MB after', 'rows are kept for'],
      tables
        .filter(({ before, after }) => after - before >= MB)
        .toSorted((one, other) => other.after - one.after)
        .map(({ name, before, after }) => [
          name,
          megabytes(before),
          megabytes(after),
          days.has(name) ? `${days.get(name)} days` : '–',
        ]),
    ),
  ]
}
