/** `npm run bench:bulk`: 100,000 prices by a bulk edit, against one bare UPDATE of as many rows. */
import { redisKeys } from '../../lib/platform/redisKeys.ts'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { prepareShops } from '../lib/build.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { withInstances } from '../lib/instances.ts'
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import { barsOf, writeReport } from '../lib/report.ts'
import { benchStores } from '../lib/stores.ts'
import { approve, bareUpdate, previewedEdit, settle } from './edit.ts'
import { type BenchWorker, startWorker, watchMemory } from './workers.ts'

const { values } = parseArgs({
  options: { products: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '3' } },
})
const PRODUCTS = Number(values.products)
const ROUNDS = Number(values.rounds)
/** Milliseconds an edit, and then its last layer, may take before the run gives up. */
const GIVE_UP_MS = 600_000

const stores = await benchStores()
const [shop] = await prepareShops([ours], stores, PRODUCTS)
if (!shop) throw new Error('no shop was built')
const client = new pg.Client(stores.databaseUrl)
await client.connect()
const connection = new Redis(stores.redisUrl, { maxRetriesPerRequest: null })
const queue = new Queue('bulk', { prefix: redisKeys.queuePrefix, connection })

async function until(sql: string, values: unknown[] = []): Promise<void> {
  const deadline = performance.now() + GIVE_UP_MS
  for (;;) {
    const { rows } = await client.query<{ yes: boolean }>(sql, values)
    if (rows[0]?.yes) return
    if (performance.now() > deadline) throw new Error(`not within ${GIVE_UP_MS} ms: ${sql}`)
    await wait(50)
  }
}

interface Round {
  readonly bareMs: number
  readonly applyMs: number
  /** From the approval to the moment at which the last layer was seen fresh; undefined where no layer was read. */
  readonly freshMs: number | undefined
  readonly startBytes: number
  readonly mostBytes: number
  /** After the edit. */
  readonly heapBytes: number
}

async function round(worker: BenchWorker, delivered: boolean): Promise<Round> {
  await settle(client)
  const bareMs = await bareUpdate(client, 1)
  const id = await previewedEdit(client, 1)
  await settle(client)
  const memory = watchMemory(worker.pid)
  const start = performance.now()
  await approve(client, id)
  await queue.add('apply', { editId: id }, { removeOnComplete: true })
  await until(`SELECT state = 'applied' AS yes FROM bulk_edits WHERE id = $1`, [id])
  // From the worker's first statement to its last commit, by the clock of Postgres: no poll is in it.
  const { rows } = await client.query<{ ms: number }>(
    'SELECT EXTRACT(EPOCH FROM applied_at - started_at)::float8 * 1000 AS ms FROM bulk_edits WHERE id = $1',
    [id],
  )
  const { start: startBytes, most: mostBytes } = memory.stop()
  if (delivered) await until('SELECT NOT EXISTS (SELECT FROM outbox WHERE done_at IS NULL) AS yes')
  const freshMs = delivered ? performance.now() - start : undefined
  await client.query(delivered ? 'SELECT 1' : 'UPDATE outbox SET done_at = clock_timestamp() WHERE done_at IS NULL')
  const { rows: wrong } = await client.query(
    `SELECT 1 FROM bulk_edit_rows r JOIN prices p USING (product_id) WHERE r.bulk_edit_id = $1 AND (r.state <> 'applied' OR p.amount_cents <> r.new_amount_cents) LIMIT 1`,
    [id],
  )
  if (wrong.length > 0) throw new Error('the edit did not do what its preview said')
  const result = {
    bareMs,
    applyMs: rows[0]?.ms ?? 0,
    freshMs,
    startBytes,
    mostBytes,
    heapBytes: await worker.heapBytes(),
  }
  process.stdout.write(`${JSON.stringify(result)}\n`)
  return result
}

async function rounds(worker: BenchWorker, delivered: boolean): Promise<Round[]> {
  const all: Round[] = []
  for (let i = 0; i < ROUNDS; i++) all.push(await round(worker, delivered))
  return all
}

const seconds = (ms: number) => (ms / 1_000).toFixed(1)
const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20)
const median = (numbers: number[]) => percentile(numbers, 0.5)

function row(name: string, all: readonly Round[]): Row {
  const applyMs = median(all.map((one) => one.applyMs))
  const fresh = all.flatMap(({ freshMs }) => freshMs ?? [])
  return [
    name,
    seconds(median(all.map(({ bareMs }) => bareMs))),
    seconds(applyMs),
    Math.round(PRODUCTS / (applyMs / 1_000)),
    all.map((one) => (one.applyMs / one.bareMs).toFixed(1)).join(', '),
    median(all.map((one) => one.applyMs / one.bareMs)).toFixed(1),
    `${megabytes(Math.min(...all.map(({ startBytes }) => startBytes)))} to ${megabytes(Math.max(...all.map(({ mostBytes }) => mostBytes)))}`,
    all.map(({ heapBytes }) => megabytes(heapBytes)).join(', '),
    fresh.length === 0 ? '–' : seconds(median(fresh)),
  ]
}

await client.query('UPDATE outbox SET done_at = clock_timestamp() WHERE done_at IS NULL')
const rows: Row[] = await withInstances(shop, 1, stores, {}, async ([web]) => {
  const url = web?.url ?? ''
  const bulk = await startWorker(stores, 'bulk', 4_891, url)
  const alone = row('the bulk worker by itself', await rounds(bulk, false))
  const others = await startWorker(stores, 'relay,invalidator', 4_892, url)
  const together = row('with relay, invalidator and a web instance at work', await rounds(bulk, true))
  await Promise.all([bulk.stop(), others.stop()])
  return [alone, together]
})
await Promise.all([client.end(), queue.close()])
connection.disconnect()
await stores.close()

const count = PRODUCTS.toLocaleString('en')
const HEAD = [
  '',
  'bare UPDATE s',
  'bulk edit s',
  'rows a second',
  'ratio of each round',
  'ratio',
  'worker MB',
  'of it live',
  'last layer fresh after s',
]
if (PRODUCTS === 100_000) {
  writeReport({
    file: 'bulk.md',
    title: `Bulk edit of ${count} prices`,
    command: 'npm run bench:bulk',
    stores: stores.versions,
    plot: { title: 'times of a bare UPDATE', bars: barsOf(HEAD, rows, 'ratio'), budget: 3 },
    budgets: barsOf(HEAD, rows, 'ratio').map(({ name, value }) => ({
      what: `times of a bare UPDATE, ${name}`,
      measured: value,
      atMost: 3,
    })),
    body: [
      `A bulk edit raises every one of ${count} prices, and its compare-at price where there is one. Beside it, in the same round, one bare \`UPDATE\` does the same past all triggers, without history, outbox or version. ` +
        `${ROUNDS} rounds each; the table has the medians, and the ratio of every round. Budget: at most 3 times the time; memory flat.`,
      markdownTable(HEAD, rows),
      "The time of an edit is from the worker's first statement to its last commit: chunks of 1,000 rows, two at a time, each with version, history and outbox, its row of the edit marked, and its versions in the index right after its commit. " +
        'The table is vacuumed before each of the two. "Last layer fresh" is from the approval until every outbox row is done: the index, Redis and the pages of the web instance were read back. ' +
        'The memory is the worker\'s at the start of a round and at its highest, lowest and highest of all rounds; "of it live" is its heap after a garbage collection at the end of each round. What lies between the two, V8 has freed and keeps for later.',
    ],
  })
} else process.stdout.write(`${rows.map((cells) => cells.join(' | ')).join('\n')}\n`)
process.exit(0)
