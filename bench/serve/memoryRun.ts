/**
 * `npm run bench:memory`: what 10,000 pages weigh in the process, in Redis and on disk, and whether memory stays flat over 100,000 edits
 * after them. `--own` measures our server alone; with fewer `--entries` or `--edits` it writes nothing.
 */
import { parseArgs } from 'node:util'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { prepareShops } from '../lib/build.ts'
import { emptyDatabase } from '../lib/emptyDatabase.ts'
import { markdownTable } from '../../tools/figures/markdownTable.ts'
import { writePlot, writeReport, type Report } from '../lib/report.ts'
import { benchStores } from '../lib/stores.ts'
import { builtIn } from '../lib/subjects.ts'
import { LOCALES } from '../../lib/platform/locales.ts'
import { memory, type Weight } from './memory.ts'
import { budgetsOf, overEditsBody, PLOT, plotOf, TITLE } from './overEditsPage.ts'

/** Resident memory of a web process beyond its L1. */
const BUDGET_BYTES = 350 * 2 ** 20

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '10000' },
    edits: { type: 'string', default: '100000' },
    own: { type: 'boolean', default: false },
  },
})
const [entries, edits] = [Number(values.entries), Number(values.edits)]

const stores = await benchStores()
await emptyDatabase(stores.databaseUrl)
const [own, next] = await prepareShops(
  values.own ? [ours] : [ours, builtIn],
  stores,
  Math.ceil(entries / LOCALES.length),
)
if (!own || (!next && !values.own)) throw new Error('no shop was built')
const weights = await memory(own, stores, { builtIn: next, entries, edits })
await stores.close()

/** The budget of the design's section 10. */
function verdict({ resident, l1MaxBytes }: Weight): string[] {
  if (l1MaxBytes === undefined) return []
  const [has, may] = [resident, l1MaxBytes + BUDGET_BYTES].map((bytes) => Math.round(bytes / 2 ** 20))
  return [
    `Resident memory after ${entries} pages: ${has} MB, budget \`L1_MAX_BYTES\` + 350 MB = ${may} MB: ${resident <= l1MaxBytes + BUDGET_BYTES ? 'kept' : '**missed**'}.`,
  ]
}

const report: Report = {
  file: 'memory.md',
  title: `Memory: what ${entries} cached pages weigh`,
  command: `npm run bench:memory -- --entries ${entries} --edits ${edits}${values.own ? ' --own' : ''}`,
  stores: stores.versions,
  plot: {
    title: 'resident memory of the process, MB',
    bars: weights.map(({ row, resident }) => ({ name: String(row[0]), value: resident / 2 ** 20 })),
  },
  budgets: weights.flatMap(({ resident, l1MaxBytes, overEdits }) =>
    l1MaxBytes === undefined
      ? []
      : [
          {
            what: 'MB of a web process beyond its L1',
            measured: (resident - l1MaxBytes) / 2 ** 20,
            atMost: BUDGET_BYTES / 2 ** 20,
          },
          ...(overEdits ? budgetsOf(overEdits) : []),
        ],
  ),
  body: [
    `Each of ${entries} product pages (product and language) is visited once, in turn by each server, alone. "Resident" is what the kernel counts for the process, garbage that has not been collected yet included; ` +
      '"in L1" is what our bound counts. L1 is bounded by `L1_MAX_BYTES`, 256 MB unless set; the second row gives it room for everything, to show what an entry weighs.',
    markdownTable(
      [
        'server',
        'pages visited',
        'resident before',
        'resident after',
        'heap used',
        'external',
        'in L1',
        'in Redis',
        'on disk',
      ],
      weights.map(({ row }) => row),
    ),
    ...weights.flatMap(verdict),
    ...weights.flatMap(({ overEdits }) => (overEdits ? overEditsBody(overEdits) : [])),
  ],
}
if (entries >= 10_000 && edits >= 100_000) {
  for (const { overEdits } of weights) if (overEdits) writePlot(PLOT, TITLE, plotOf(overEdits))
  writeReport(report)
} else process.stdout.write(`\n${report.body.join('\n\n')}\n`)
process.exit(0)
