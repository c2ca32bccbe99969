/** `npm run bench:strategies`: the known caching strategies beside ours, one workload. `--short` for a look, `--only <name>`. */
import { parseArgs } from 'node:util'
import { benchStores } from '../lib/stores.ts'
import { strategies } from './known/index.ts'
import { runLoad, type LoadOptions, type Outcome, type Phase } from './load.ts'
import { HEAD, rowOf } from './page.ts'
import { table } from '../lib/report.ts'

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
process.stdout.write(`\n${table(HEAD, outcomes.map(rowOf))}\n`)
await stores.close()
process.exit(0)
