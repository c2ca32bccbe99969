/** `npm run bench:race -- --edits 1000`: the poisoned page, in whole shops. */
import { parseArgs } from 'node:util'
import { prepareShops } from '../lib/build.ts'
import { keyspaceEvents } from '../lib/keyspaceEvents.ts'
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import { barsOf, writeReport } from '../lib/report.ts'
import { benchStores } from '../lib/stores.ts'
import { subjects } from '../lib/subjects.ts'
import { race } from './race.ts'

const PRODUCTS = 2_000

const { values } = parseArgs({ options: { edits: { type: 'string', default: '1000' }, only: { type: 'string' } } })
const edits = Number(values.edits)
const wanted = subjects.filter(({ name }) => values.only === undefined || name === values.only)

const stores = await benchStores()
const events = await keyspaceEvents(stores.redisUrl)
const rows: Row[] = []
for (const shop of await prepareShops(wanted, stores, PRODUCTS)) {
  for (const instances of [1, 3]) {
    const result = await race(shop, instances, edits, stores)
    rows.push([
      shop.subject.name,
      instances,
      result.edits,
      result.inTheMiddle,
      `**${result.stale}** of ${result.pagesRead}`,
      result.kept,
      result.errors,
    ])
    process.stdout.write(`${rows.at(-1)?.join(' | ')}\n`)
  }
}
await events.restore()
await stores.close()

const HEAD = [
  'handler',
  'instances',
  'edits',
  'proved to be in the middle',
  'stale pages',
  'visits served from cache afterwards',
  'errors',
]
if (values.only === undefined) {
  writeReport({
    file: 'race.md',
    title: 'Race: edits in the middle of a render',
    command: `npm run bench:race -- --edits ${edits}`,
    stores: stores.versions,
    plot: {
      title: 'stale pages after the edits',
      bars: barsOf(HEAD, rows, 'stale pages').map((bar, i) => ({ ...bar, name: `${bar.name}, ${rows[i]?.[1]}` })),
    },
    budgets: barsOf(HEAD, rows, 'stale pages')
      .slice(0, 2)
      .map(({ value }, i) => ({ what: `stale pages of ours, instances: ${rows[i]?.[1]}`, measured: value, atMost: 0 })),
    body: [
      `The same shop with each handler. For each of ${edits} products a visitor asks for its page; while it renders, after it has read the price and before it is stored, ` +
        'the price changes and the edit is acknowledged, through the next instance where there are three. After each 120 of them every page is read once on every instance and compared with Postgres: ' +
        'a page is stale when any price on it, of the product or of a related one, is older than its row.',
      markdownTable(HEAD, rows),
      'Ours is edited through the writer of the back office, with no worker running: the index alone keeps the pages right. The others are edited by the usual recipe, `UPDATE` and then ' +
        '`revalidateTag(tag, { expire: 0 })` in a route handler. An edit counts as proved when it was acknowledged before the render could end and the visitor either got the old price, ' +
        "or waited for a second render. Each instance has a disk of its own. @fortedigital's manual does not support `'use cache'`: its row is its page cache with Next's data cache. " +
        "@mrjasonroy has no page cache, and the `cacheMaxMemorySize: 0` of its manual leaves Next's with nothing that it can serve again: its pages are right because each visit renders anew.",
    ],
  })
}
process.exit(0)
