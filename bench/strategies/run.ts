/** `npm run bench:strategies`: the known caching strategies beside ours, one workload. `--short` for a look, `--only <name>`. */
import { parseArgs } from 'node:util'
import { markdownTable } from '../../tools/figures/markdownTable.ts'
import { writeReport } from '../lib/report.ts'
import { benchStores } from '../lib/stores.ts'
import { measureLostPurges, measureTtl, SCALED_TTL_MS } from './arithmetic.ts'
import { strategies } from './known/index.ts'
import { runLoad, type LoadOptions, type Outcome, type Phase } from './load.ts'
import { arithmetic, barOf, EXPLANATION, HEAD, rowOf } from './page.ts'

const TTL_MS = 1_000
const FULL: Readonly<Record<Phase, number>> = {
  calm: 2_500,
  bulk: 2_500,
  'lost message': 5_000,
  'Redis away': 2_500,
  killed: 2_500,
}
const SHORT: Readonly<Record<Phase, number>> = {
  calm: 800,
  bulk: 900,
  'lost message': 1_300,
  'Redis away': 1_200,
  killed: 1_200,
}

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false }, only: { type: 'string' } } })
const stores = await benchStores()
const options: LoadOptions = {
  databaseUrl: stores.databaseUrl,
  redisUrl: stores.redisUrl,
  phaseMs: values.short ? SHORT : FULL,
  ttlMs: values.short ? TTL_MS / 2 : TTL_MS,
}
const outcomes: Outcome[] = []
for (const strategy of strategies) {
  if (values.only !== undefined && strategy.name !== values.only) continue
  const outcome = await runLoad(strategy, options)
  outcomes.push(outcome)
  process.stdout.write(`${rowOf(outcome).join(' | ')}\n`)
}
const rows = markdownTable(HEAD, outcomes.map(rowOf))
if (values.short || values.only !== undefined) process.stdout.write(`\n${rows}\n`)
else {
  const lost = await measureLostPurges(options)
  const points = await Promise.all([1, 2, 4].map((factor) => measureTtl(options, (factor * SCALED_TTL_MS) / 2)))
  writeReport({
    file: 'strategies.md',
    title: 'The known caching strategies, one workload',
    command: 'npm run bench:strategies',
    stores: stores.versions,
    peers: false,
    plot: { title: 'stale reads in a million; the worst staleness', bars: outcomes.map(barOf) },
    body: [...EXPLANATION, rows, ...arithmetic(lost, points)],
  })
}
await stores.close()
process.exit(0)
