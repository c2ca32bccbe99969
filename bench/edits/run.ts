/**
 * `npm run bench:edits`: reads a second while prices change, ours beside `next start`. `--short` has two rates and one
 * peer; `--sale` starts a sale on 40,000 products while 1,000 readers browse.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import pg from 'pg'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import type { Subject } from '../../lib/coherence/conformance/fleet.ts'
import { root } from '../../tools/run/environment.ts'
import { prepareShops } from '../lib/build.ts'
import { someProducts } from '../lib/pages.ts'
import { byPopularity } from '../lib/popularity.ts'
import { table, writeReport } from '../lib/report.ts'
import { benchStores } from '../lib/stores.ts'
import { builtIn, fortedigital } from '../lib/subjects.ts'
import { type Cell, measureCell, type Setting } from './cell.ts'
import { apiEdits, sqlEdits } from './editors.ts'
import { type Fleet, withFleet } from './fleet.ts'
import { HEAD, pageBody, rowOf } from './page.ts'
import { plot } from './plot.ts'
import { sale } from './sale.ts'
import { amountsOf, editorToken, listPaths } from './shopFacts.ts'

const CATALOG = 2_000
const PRODUCTS = 200
const READERS = 16
/** With lists, one read in so many is of one. */
const LIST_EVERY = 5

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    short: { type: 'boolean', default: false },
    sale: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
})
const { short } = values
const setting: Setting = {
  readers: READERS,
  seconds: Number(values.seconds ?? (short ? 3 : 8)),
  warmUpSeconds: short ? 1 : 2,
}
const RATES = short ? [0, 100] : [0, 1, 10, 100, 1_000]

interface Series {
  readonly name: string
  readonly subject: Subject
  readonly instances: number
  readonly by: 'SQL' | 'API'
  readonly rates: readonly number[]
  readonly lists?: boolean
}

const ALL: readonly Series[] = [
  { name: 'Evergreen, 3 instances', subject: ours, instances: 3, by: 'SQL', rates: RATES },
  { name: 'Evergreen, 3 instances', subject: ours, instances: 3, by: 'API', rates: [0, 1, 10, 100] },
  { name: 'Evergreen, 3 instances, with lists', subject: ours, instances: 3, by: 'SQL', rates: [0, 100], lists: true },
  { name: '`next start`, 1 instance', subject: builtIn, instances: 1, by: 'SQL', rates: RATES },
  { name: '`next start`, 3 instances', subject: builtIn, instances: 3, by: 'SQL', rates: RATES },
  { name: '@fortedigital, 3 instances', subject: fortedigital, instances: 3, by: 'SQL', rates: RATES },
]
const wanted = (short ? ALL.filter((_, i) => i === 0 || i === 3) : ALL).filter(
  ({ name, by }) => values.only === undefined || `${name} ${by}`.includes(values.only),
)
const folder = path.join(root, 'docs/results')

const stores = await benchStores()
/** A run that is interrupted leaves no process behind: each that it started ends with this one. */
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stores.close().finally(() => process.exit(1)))

async function series(postgres: pg.Pool, redis: Redis): Promise<Cell[]> {
  const shops = await prepareShops([...new Set(wanted.map(({ subject }) => subject))], stores, CATALOG)
  const products = await someProducts(postgres, PRODUCTS)
  const ids = products.map(({ id }) => id)
  const product = byPopularity(products.map(({ path: page }) => page))
  const token = await editorToken(stores)
  const lists = await listPaths(postgres)
  const cells: Cell[] = []

  const editsOf = (fleet: Fleet, { subject, by }: Series, amounts: ReadonlyMap<number, number>) => {
    const urls = fleet.instances.map(({ url }) => url)
    if (by === 'API') return (known: Parameters<typeof apiEdits>[3]) => apiEdits(urls, token, amounts, known)
    const revalidateAt = subject === ours ? [] : subject === builtIn ? urls : urls.slice(0, 1)
    return (known: Parameters<typeof sqlEdits>[2]) => sqlEdits(postgres, ids, known, revalidateAt)
  }
  for (const one of wanted) {
    const shop = shops.find(({ subject }) => subject === one.subject)
    if (!shop) throw new Error(`no shop with ${one.subject.name}`)
    const paths = [...products.map(({ path: page }) => page), ...(one.lists ? lists : [])]
    await withFleet({ ...one, shop, stores, postgres, paths }, async (fleet) => {
      const page = (i: number) =>
        one.lists && i % LIST_EVERY === 0 ? (lists[(i / LIST_EVERY) % lists.length] ?? '') : product(i)
      const url = (i: number) => (fleet.instances[i % fleet.instances.length]?.url ?? '') + page(i)
      for (const asked of one.rates) {
        const edit = editsOf(fleet, one, await amountsOf(postgres, ids))
        cells.push(await measureCell({ fleet, by: one.by, asked, edit, url, setting, postgres, redis }))
        process.stdout.write(`${rowOf(cells.at(-1)!).join(' | ')}\n`)
      }
    })
  }
  return cells
}

try {
  if (values.sale) {
    await sale(stores)
  } else {
    const postgres = new pg.Pool({ connectionString: stores.databaseUrl, max: 32 })
    const redis = new Redis(stores.redisUrl)
    const cells = await series(postgres, redis)
    redis.disconnect()
    await postgres.end()
    report(cells)
  }
} finally {
  await stores.close()
}
process.exit(0)

function report(cells: readonly Cell[]): void {
  const json = `${JSON.stringify(cells, undefined, 2)}\n`
  if (short || values.only !== undefined || values.seconds !== undefined) {
    process.stdout.write(`${json}\n${table(HEAD, cells.map(rowOf))}\n`)
    return
  }
  const beforeFile = path.join(folder, 'edits-before.json')
  const before: Cell[] = existsSync(beforeFile) ? JSON.parse(readFileSync(beforeFile, 'utf8')) : []
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'edits.json'), json)
  const curve = (name: string, label: string, from = cells) => ({
    name: label,
    own: label.startsWith('Evergreen'),
    points: from
      .filter((cell) => cell.server === name && cell.by === 'SQL')
      .map(({ made, readsPerSecond }) => ({ edits: made, reads: readsPerSecond })),
  })
  writeFileSync(
    path.join(root, 'docs/images/edits.svg'),
    plot(
      [
        curve('Evergreen, 3 instances', 'Evergreen, 3 instances'),
        curve('Evergreen, 3 instances', 'Evergreen before price slots', before),
        curve('`next start`, 1 instance', 'next start, 1 instance'),
        curve('`next start`, 3 instances', 'next start, 3 instances'),
        curve('@fortedigital, 3 instances', '@fortedigital, 3 instances'),
      ].filter(({ points }) => points.length > 0),
    ),
  )
  process.stdout.write(json)
  writeReport({
    file: 'edits.md',
    title: 'Reads a second while prices change',
    command: 'npm run bench:edits',
    stores: stores.versions,
    body: pageBody({
      cells,
      judged: cells.filter(({ server }) => server === 'Evergreen, 3 instances'),
      before: before.filter(({ server }) => server.startsWith('Evergreen')),
    }),
  })
}
