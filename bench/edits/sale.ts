/** A sale starts on 40,000 products while 1,000 readers browse, one in ten of them through the edge. */
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { startWorker as startEdge } from '../../edge/local/startWorker.ts'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { parseVersionedTag } from '../../lib/coherence/tags.ts'
import { approve } from '../bulk/edit.ts'
import { prepareShops } from '../lib/build.ts'
import { percentile } from '../lib/crowd.ts'
import { currentVersions, type ProductRef, someProducts } from '../lib/pages.ts'
import { pooled } from '../lib/pooled.ts'
import { byPopularity } from '../lib/popularity.ts'
import { type Row, table, writeReport } from '../lib/report.ts'
import type { BenchStores } from '../lib/stores.ts'
import { type Fleet, PORT_BASE, withFleet } from './fleet.ts'
import { type Visit, Visitors } from './visit.ts'

const IN_SALE = 40_000
const READERS = 1_000
/** The readers look at these, by popularity. All are in the sale. */
const PAGES = 1_000
const INSTANCES = 3
/** One reader in so many reads through the edge. */
const EDGE_EVERY = 10
const EDGE_SECRET = 'the-secret-of-the-benchmark-long-enough'
const PHASE_S = 10
/** From the start of the sale until every page is right, at most. */
const GIVE_UP_S = 90
/** Its prices are prepared for some five seconds before it starts. */
const STARTS_IN_MS = 8_000
const AT_ONCE = 4
const POLL_MS = 20
const WARM_UP_MS = 2_000

/** As the preview of a bulk edit leaves it: a tenth off. */
async function previewedSale(client: pg.Client, ids: readonly number[]): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO bulk_edits (selection, rules, reason, created_by) VALUES ('{"matching":true,"added":[],"removed":[]}',
       '{"amount":{"kind":"keep"},"compareAt":{"kind":"keep"}}', 'a sale', 'bench@evergreen.example') RETURNING id`,
  )
  const id = rows[0]?.id ?? ''
  await client.query(
    `INSERT INTO bulk_edit_rows (bulk_edit_id, product_id, previewed_version, old_amount_cents, new_amount_cents, old_compare_at_cents, new_compare_at_cents)
     SELECT $1, product_id, version, amount_cents, greatest(1, amount_cents - amount_cents / 10), compare_at_cents,
            COALESCE(compare_at_cents, amount_cents)
     FROM prices ORDER BY product_id = ANY($2) DESC, product_id LIMIT $3`,
    [id, ids, IN_SALE],
  )
  return id
}

/** @returns when it starts, as `performance.now` counts */
async function schedule(client: pg.Client, edit: string): Promise<number> {
  await approve(client, edit)
  await client.query(
    `INSERT INTO price_schedules (bulk_edit_id, starts_at, ends_at, time_zone, created_by)
     SELECT $1, at, at + interval '1 hour', 'UTC', 'bench@evergreen.example' FROM (SELECT clock_timestamp() + make_interval(secs => $2)) t (at)`,
    [edit, STARTS_IN_MS / 1_000],
  )
  return performance.now() + STARTS_IN_MS
}

/** @returns of the prices of the page that `current` knows: how many are as new, and how many are older */
function pricesOf({ tags }: Visit, current: ReadonlyMap<number, number>): { right: number; old: number } {
  const prices = tags
    .split(',')
    .flatMap((text) => parseVersionedTag(text) ?? [])
    .filter(({ kind, id }) => kind === 'price' && current.has(id))
  const right = prices.filter(({ id, version }) => version >= (current.get(id) ?? 0)).length
  return { right, old: prices.length - right }
}

function isRight(visit: Visit, current: ReadonlyMap<number, number>): boolean {
  const { right, old } = pricesOf(visit, current)
  return visit.error === '' && right > 0 && old === 0
}

interface Phase {
  readonly name: string
  readonly from: number
  readonly until: number
  readonly renders: number
}

class Sale {
  readonly visits: Visit[] = []
  /** Of them, those through the edge. */
  readonly #throughEdge = new Set<Visit>()
  readonly #visitors = new Visitors()
  readonly #fleet: Fleet
  readonly #client: pg.Client
  readonly #products: readonly ProductRef[]
  readonly #edgeUrl: string

  constructor(fleet: Fleet, client: pg.Client, products: readonly ProductRef[], edgeUrl: string) {
    this.#edgeUrl = edgeUrl
    this.#fleet = fleet
    this.#client = client
    this.#products = products
  }

  #url(path: string, i: number): string {
    return (this.#fleet.instances[i % INSTANCES]?.url ?? '') + path
  }

  async #renders(): Promise<number> {
    return (await this.#fleet.builds())['render'] ?? 0
  }

  /**
   * Visits what is left until each page shows the prices of the sale.
   * @returns how many were still wrong at the deadline
   */
  async #wrongAt(deadline: number, current: ReadonlyMap<number, number>): Promise<number> {
    let left = this.#products.map(({ path }, i) => this.#url(path, i))
    while (left.length > 0 && performance.now() < deadline) {
      const wrong: string[] = []
      await pooled(left, AT_ONCE, async (url) => {
        const visit = performance.now() < deadline && (await this.#visitors.visit(url, () => false))
        if (!visit || !isRight(visit, current)) wrong.push(url)
      })
      left = wrong
    }
    return left.length
  }

  /** @returns milliseconds after `start`; undefined when the statement found no row until the deadline */
  async #found(sql: string, values: unknown[], start: number, deadline: number): Promise<number | undefined> {
    while (performance.now() < deadline) {
      if ((await this.#client.query(sql, values)).rowCount !== 0) return performance.now() - start
      await wait(POLL_MS)
    }
    return undefined
  }

  /** One reader: a page a second, and the next at once where one took longer. */
  async #browse(reader: number, page: (i: number) => string, browsing: () => boolean): Promise<void> {
    await wait((reader / READERS) * 1_000)
    const byEdge = reader % EDGE_EVERY === 0
    for (let i = reader; browsing(); i += READERS) {
      const url = byEdge ? this.#edgeUrl + page(i) : this.#url(page(i), i)
      const visit = await this.#visitors.visit(url, () => false)
      this.visits.push(visit)
      if (byEdge) this.#throughEdge.add(visit)
      await wait(Math.max(0, 1_000 - visit.ms))
    }
  }

  async run() {
    const popular = byPopularity(this.#products.map(({ path }) => path))
    let browsing = true
    const edit = await previewedSale(
      this.#client,
      this.#products.map(({ id }) => id),
    )
    const readers = Array.from({ length: READERS }, (_, i) => this.#browse(i, popular, () => browsing))
    await wait(WARM_UP_MS)
    const [from, rendersFrom] = [performance.now(), await this.#renders()]
    await wait(PHASE_S * 1_000 - STARTS_IN_MS)
    const start = await schedule(this.#client, edit)
    await wait(start - performance.now())
    const rendersStart = await this.#renders()
    const deadline = start + GIVE_UP_S * 1_000
    const appliedMs = await this.#found(
      `SELECT 1 FROM bulk_edits WHERE id = $1 AND state = 'applied'`,
      [edit],
      start,
      deadline,
    )
    const emptied = this.#found(
      'SELECT WHERE NOT EXISTS (SELECT FROM outbox WHERE done_at IS NULL)',
      [],
      start,
      deadline,
    )
    const current = await currentVersions(
      this.#client,
      this.#products.map(({ id }) => id),
    )
    const wrong = await this.#wrongAt(deadline, current)
    const right = performance.now()
    const rendersRight = await this.#renders()
    await wait(PHASE_S * 1_000)
    const [last, rendersEnd] = [performance.now(), await this.#renders()]
    browsing = false
    await Promise.all(readers)
    const phases: Phase[] = [
      { name: 'before', from, until: start, renders: rendersStart - rendersFrom },
      {
        name: wrong === 0 ? 'from its start until the last page is right' : `from its start, for ${GIVE_UP_S} s`,
        from: start,
        until: right,
        renders: rendersRight - rendersStart,
      },
      { name: 'after', from: right, until: last, renders: rendersEnd - rendersRight },
    ]
    const answered = this.visits.filter(({ error }) => error === '')
    /** @returns when the first new read was answered and the last old one began, in milliseconds after the time of the sale */
    const turn = (visits: readonly Visit[]) => ({
      firstNewMs: visits
        .filter((visit) => isRight(visit, current))
        .reduce((first, visit) => Math.min(first, visit.start + visit.ms - start), Infinity),
      lastOldMs: visits
        .filter((visit) => visit.start > start && !isRight(visit, current))
        .reduce((last, visit) => Math.max(last, visit.start - start), 0),
    })
    const mixed = answered.filter((visit) => {
      const { right, old } = pricesOf(visit, current)
      return right > 0 && old > 0
    }).length
    this.#visitors.close()
    return {
      phases,
      wrong,
      appliedMs,
      rightMs: wrong === 0 ? right - start : undefined,
      web: turn(answered.filter((visit) => !this.#throughEdge.has(visit))),
      edge: turn(answered.filter((visit) => this.#throughEdge.has(visit))),
      mixed,
      emptyMs: await emptied,
    }
  }
}

const seconds = (ms: number | undefined, digits = 1) =>
  ms === undefined ? `not within ${GIVE_UP_S}` : (ms / 1_000).toFixed(digits)

function rowOf({ name, from, until, renders }: Phase, visits: readonly Visit[]): Row {
  const within = visits.filter(({ start, ms }) => start + ms >= from && start + ms < until)
  const good = within.filter(({ error }) => error === '')
  const ms = within.map((visit) => visit.ms)
  const lasted = (until - from) / 1_000
  return [
    name,
    lasted.toFixed(1),
    Math.round(good.length / lasted),
    percentile(ms, 0.5).toFixed(1),
    percentile(ms, 0.99).toFixed(1),
    within.length - good.length,
    renders,
  ]
}

export async function sale(stores: BenchStores): Promise<void> {
  const [shop] = await prepareShops([ours], stores, IN_SALE)
  if (!shop) throw new Error('no shop was built')
  const postgres = new pg.Pool({ connectionString: stores.databaseUrl, max: 4 })
  const client = new pg.Client(stores.databaseUrl)
  await client.connect()
  const products = await someProducts(postgres, PAGES)
  const paths = products.map(({ path }) => path)
  const plan = { name: 'Evergreen', shop, instances: INSTANCES, stores, postgres, paths }
  // Only what is asked of it fails; a connection that is idle when the stores end does not.
  postgres.on('error', () => undefined)
  client.on('error', () => undefined)
  const front = await startEdge({ port: 0, origin: `http://127.0.0.1:${PORT_BASE}`, secret: EDGE_SECRET })
  const environment = { EDGE: 'local', EDGE_PORT: new URL(front.url).port, EDGE_SECRET }
  const body = await withFleet({ ...plan, environment, roles: 'relay,invalidator,bulk,scheduler' }, async (fleet) => {
    const one = new Sale(fleet, client, products, front.url)
    const { phases, wrong, appliedMs, rightMs, web, edge, mixed, emptyMs } = await one.run()
    return [
      `A schedule reduces ${IN_SALE.toLocaleString('en')} prices while ${READERS.toLocaleString('en')} readers look at one page a second each, of ${PAGES.toLocaleString('en')} product pages by popularity, on ${INSTANCES} web instances, one reader in ten through our Worker as the edge; one worker has every role. All share the cores of one machine.`,
      table(
        ['', 'seconds', 'reads a second', 'p50 ms', 'p99 ms', 'errors', 'renders'],
        phases.map((phase) => rowOf(phase, one.visits)),
      ),
      table(
        ['seconds after the time of the sale', ''],
        [
          ['committed, as another session sees it', seconds(appliedMs, 3)],
          [
            `each of the ${PAGES.toLocaleString('en')} pages visited anew, and right`,
            `${seconds(rightMs)}${wrong === 0 ? '' : `, ${wrong} left`}`,
          ],
          ['the first read of a web instance was answered that showed the sale', seconds(web.firstNewMs, 3)],
          ['the last one began that showed a price of before', seconds(web.lastOldMs, 3)],
          ['the first read of the edge was answered that showed the sale', seconds(edge.firstNewMs, 3)],
          ['the last one began that showed a price of before', seconds(edge.lastOldMs, 3)],
          ['reads that showed prices of before beside those of the sale', mixed],
          ['the outbox empty', seconds(emptyMs)],
        ],
      ),
    ]
  })
  await front.stop()
  await Promise.all([postgres.end(), client.end()])
  writeReport({
    file: 'sale.md',
    title: `A sale starts on ${IN_SALE.toLocaleString('en')} products`,
    command: 'npm run bench:edits -- --sale',
    stores: stores.versions,
    peers: false,
    body,
  })
}
