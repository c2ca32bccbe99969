/** `npm run bench:memory -- --entries 10000`: what that many pages weigh in the process, in Redis and on disk. */
import { parseArgs } from 'node:util'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { prepareShops } from '../lib/build.ts'
import { table, writeReport } from '../lib/report.ts'
import { benchStores } from '../lib/stores.ts'
import { builtIn } from '../lib/subjects.ts'
import { LOCALES } from '../../lib/platform/locales.ts'
import { memory } from './memory.ts'

const { values } = parseArgs({ options: { entries: { type: 'string', default: '10000' } } })
const entries = Number(values.entries)

const stores = await benchStores()
const [own, next] = await prepareShops([ours, builtIn], stores, Math.ceil(entries / LOCALES.length))
if (!own || !next) throw new Error('no shop was built')
const rows = await memory(own, next, stores, entries)
await stores.close()

writeReport({
  file: 'memory.md',
  title: `Memory: what ${entries} cached pages weigh`,
  command: `npm run bench:memory -- --entries ${entries}`,
  stores: stores.versions,
  body: [
    `Each of ${entries} product pages (product and language) is visited once, in turn by each server, alone. "Resident" is what the kernel counts for the process, garbage that has not been collected yet included; ` +
      '"in L1" is what our bound counts. L1 is bounded by `L1_MAX_BYTES`, 256 MB unless set; the second row gives it room for everything, to show what an entry weighs.',
    table(['server', 'pages visited', 'resident before', 'resident after', 'in L1', 'in Redis', 'on disk'], rows),
  ],
})
process.exit(0)
