/**
 * `npm run bench:edits`: reads a second while prices change, ours beside `next start`. `--short` has two rates and one
 * peer; `--sale` starts a sale on 40,000 products while 1,000 readers browse.
 */
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import pg from 'pg'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import type { Subject } from '../../lib/coherence/conformance/fleet.ts'
import { prepareShops } from '../lib/build.ts'
import { someProducts } from '../lib/pages.ts'
import { byPopularity } from '../lib/popularity.ts'
import { benchStores } from '../lib/stores.ts'
import { builtIn, fortedigital } from '../lib/subjects.ts'
import { type Cell, measureCell, medianOf, type Setting } from './cell.ts'
import { apiEdits, sqlEdits } from './editors.ts'
import { type Fleet, withFleet } from './fleet.ts'
import { rowOf } from './page.ts'
import { publish, type Result } from './results.ts'
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
/** The warm-up of instances that have just started: a page that is read often is packed better once it has stayed for ten seconds. */
const SETTLED_AFTER_S = short ? 1 : 20
const RATES = short ? [0, 100] : [0, 1, 10, 100, 1_000]
/** Of our series, each from no edits to the most: the machine is not as fast in one minute as in the next. */
const ROUNDS = short ? 1 : 3

interface Series {
  readonly name: string
  readonly subject: Subject
  readonly instances: number
  readonly by: 'SQL' | 'API'
  readonly rates: readonly number[]
  readonly rounds?: number
  readonly lists?: boolean
}

const ALL: readonly Series[] = [
  { name: 'Evergreen, 3 instances', subject: ours, instances: 3, by: 'SQL', rates: RATES, rounds: ROUNDS },
  { name: 'Evergreen, 3 instances', subject: ours, instances: 3, by: 'API', rates: RATES, rounds: ROUNDS },
  { name: 'Evergreen, 3 instances, with lists', subject: ours, instances: 3, by: 'SQL', rates: [0, 100], lists: true },
  { name: '`next start`, 1 instance', subject: builtIn, instances: 1, by: 'SQL', rates: RATES },
  { name: '`next start`, 3 instances', subject: builtIn, instances: 3, by: 'SQL', rates: RATES },
  { name: '@fortedigital, 3 instances', subject: fortedigital, instances: 3, by: 'SQL', rates: RATES },
]
const wanted = (short ? ALL.filter((_, i) => i === 0 || i === 3) : ALL).filter(
  ({ name, by }) => values.only === undefined || `${name} ${by}`.includes(values.only),
)

const stores = await benchStores()
/** A run that is interrupted leaves no process behind: each that it started ends with this one. */
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stores.close().finally(() => process.exit(1)))

async function measureAll(postgres: pg.Pool, redis: Redis): Promise<Result> {
  const shops = await prepareShops([...new Set(wanted.map(({ subject }) => subject))], stores, CATALOG)
  const products = await someProducts(postgres, PRODUCTS)
  const ids = products.map(({ id }) => id)
  const product = byPopularity(products.map(({ path }) => path))
  const token = await editorToken(stores)
  const lists = await listPaths(postgres)
  const result: Result = { ran: new Date().toISOString(), load: loadavg()[0] ?? 0, cells: [], failures: [] }

  const editsOf = (fleet: Fleet, { subject, by }: Series, amounts: ReadonlyMap<number, number>) => {
    const urls = fleet.instances.map(({ url }) => url)
    if (by === 'API') return (known: Parameters<typeof apiEdits>[3]) => apiEdits(urls, token, amounts, known)
    return (known: Parameters<typeof sqlEdits>[2]) => sqlEdits(postgres, ids, known, subject === ours ? [] : urls)
  }
  const measure = async (one: Series) => {
    const shop = shops.find(({ subject }) => subject === one.subject)
    if (!shop) throw new Error(`no shop with ${one.subject.name}`)
    const paths = [...products.map(({ path }) => path), ...(one.lists ? lists : [])]
    await withFleet({ ...one, shop, stores, postgres, paths }, async (fleet) => {
      const page = (i: number) =>
        one.lists && i % LIST_EVERY === 0 ? (lists[(i / LIST_EVERY) % lists.length] ?? '') : product(i)
      const url = (i: number) => (fleet.instances[i % fleet.instances.length]?.url ?? '') + page(i)
      const measured = one.rates.map((): Cell[] => [])
      for (let round = 0; round < (one.rounds ?? 1); round++) {
        for (const [i, asked] of one.rates.entries()) {
          const edit = editsOf(fleet, one, await amountsOf(postgres, ids))
          const own = i === 0 ? { ...setting, warmUpSeconds: SETTLED_AFTER_S } : setting
          const cell = await measureCell({ fleet, by: one.by, asked, edit, url, setting: own, postgres, redis })
          measured[i]?.push(cell)
          process.stdout.write(`${rowOf(cell).join(' | ')}\n`)
        }
      }
      result.cells.push(...measured.flatMap((rounds) => medianOf(rounds) ?? []))
    })
  }
  for (const one of wanted) {
    // One that fails is reported, and takes no other with it.
    await measure(one).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      result.failures.push(`${one.name}, edits by ${one.by}: ${why}`)
      process.stdout.write(`${result.failures.at(-1)}\n`)
    })
  }
  return result
}

try {
  if (values.sale) {
    await sale(stores)
  } else {
    const postgres = new pg.Pool({ connectionString: stores.databaseUrl, max: 32 })
    postgres.on('error', () => undefined) // One that is idle when the stores end.
    const redis = new Redis(stores.redisUrl)
    const result = await measureAll(postgres, redis)
    redis.disconnect()
    await postgres.end()
    const complete = !short && values.only === undefined && values.seconds === undefined
    publish(result, { complete, stores: stores.versions })
    if (result.failures.length > 0) process.exitCode = 1
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = 1
} finally {
  await stores.close()
}
process.exit()
