/** A sale starts on 40,000 products while 1,000 readers browse. */
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { parseVersionedTag } from '../../lib/coherence/tags.ts'
import { approve } from '../bulk/edit.ts'
import { prepareShops } from '../lib/build.ts'
import { percentile } from '../lib/crowd.ts'
import { paced } from '../lib/paced.ts'
import { currentVersions, type ProductRef, someProducts } from '../lib/pages.ts'
import { pooled } from '../lib/pooled.ts'
import { byPopularity } from '../lib/popularity.ts'
import { type Row, table, writeReport } from '../lib/report.ts'
import type { BenchStores } from '../lib/stores.ts'
import { type Fleet, withFleet } from './fleet.ts'
import { type Visit, Visitors } from './visit.ts'

const IN_SALE = 40_000
const READERS = 1_000
/** The readers look at these, by popularity. All are in the sale. */
const PAGES = 1_000
const INSTANCES = 3
const PHASE_S = 10
/** From the start of the sale until every page is right, at most. */
const GIVE_UP_S = 90
const STARTS_IN_MS = 3_000
const AT_ONCE = 4

/** As the preview of a bulk edit leaves it: what had no reduction gets one of a tenth, and what had one loses it, so that each price changes in each run. */
async function previewedSale(client: pg.Client, ids: readonly number[]): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO bulk_edits (selection, rules, reason, created_by) VALUES ('{"matching":true,"added":[],"removed":[]}',
       '{"amount":{"kind":"keep"},"compareAt":{"kind":"keep"}}', 'a sale', 'bench@evergreen.example') RETURNING id`,
  )
  const id = rows[0]?.id ?? ''
  await client.query(
    `INSERT INTO bulk_edit_rows (bulk_edit_id, product_id, previewed_version, old_amount_cents, new_amount_cents, old_compare_at_cents, new_compare_at_cents)
     SELECT $1, product_id, version, amount_cents, COALESCE(compare_at_cents, amount_cents - amount_cents / 10), compare_at_cents,
            CASE WHEN compare_at_cents IS NULL THEN amount_cents END
     FROM prices ORDER BY product_id = ANY($2) DESC, product_id LIMIT $3`,
    [id, ids, IN_SALE],
  )
  return id
}

/** @returns when it starts, as `performance.now` counts */
async function schedule(client: pg.Client, edit: string): Promise<number> {
  await approve(client, edit)
  await client.query(
    `INSERT INTO price_schedules (bulk_edit_id, starts_at, time_zone, created_by)
     VALUES ($1, clock_timestamp() + make_interval(secs => $2), 'UTC', 'bench@evergreen.example')`,
    [edit, STARTS_IN_MS / 1_000],
  )
  return performance.now() + STARTS_IN_MS
}

/** @returns whether each price of the page is at least as new as `current` */
function isRight({ tags, error }: Visit, current: ReadonlyMap<number, number>): boolean {
  const prices = tags
    .split(',')
    .flatMap((text) => parseVersionedTag(text) ?? [])
    .filter(({ kind }) => kind === 'price')
  return error === '' && prices.length > 0 && prices.every(({ id, version }) => version >= (current.get(id) ?? 0))
}

interface Phase {
  readonly name: string
  readonly from: number
  readonly until: number
  readonly renders: number
}

class Sale {
  readonly visits: Visit[] = []
  readonly #visitors = new Visitors()
  readonly #fleet: Fleet
  readonly #client: pg.Client
  readonly #products: readonly ProductRef[]

  constructor(fleet: Fleet, client: pg.Client, products: readonly ProductRef[]) {
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

  /** Visits what is left until each page shows the prices of the sale. @returns when the last one did */
  async #untilRight(current: ReadonlyMap<number, number>, deadline: number): Promise<number> {
    let left = this.#products.map(({ path }, i) => this.#url(path, i))
    while (left.length > 0 && performance.now() < deadline) {
      const wrong: string[] = []
      await pooled(left, AT_ONCE, async (url) => {
        if (!isRight(await this.#visitors.visit(url, () => false), current)) wrong.push(url)
      })
      left = wrong
    }
    if (left.length > 0) throw new Error(`${left.length} pages still show old prices after ${GIVE_UP_S} s`)
    return performance.now()
  }

  async #until(sql: string, values: unknown[], deadline: number): Promise<void> {
    while ((await this.#client.query(sql, values)).rowCount === 0) {
      if (performance.now() > deadline) throw new Error(`not within ${GIVE_UP_S} s: ${sql}`)
      await wait(20)
    }
  }

  async run() {
    const popular = byPopularity(this.#products.map(({ path }) => path))
    const end = new AbortController()
    const readAPage = async (i: number) => {
      this.visits.push(await this.#visitors.visit(this.#url(popular(i), i), () => false))
    }
    const edit = await previewedSale(
      this.#client,
      this.#products.map(({ id }) => id),
    )
    const browsed = paced(READERS, 2 * GIVE_UP_S, READERS, readAPage, end.signal)
    await wait(1_000)
    const [from, rendersFrom] = [performance.now(), await this.#renders()]
    await wait(PHASE_S * 1_000 - STARTS_IN_MS)
    const start = await schedule(this.#client, edit)
    await wait(start - performance.now())
    const rendersStart = await this.#renders()
    const deadline = start + GIVE_UP_S * 1_000
    await this.#until(`SELECT 1 FROM bulk_edits WHERE id = $1 AND state = 'applied'`, [edit], deadline)
    const applied = performance.now()
    const emptied = this.#until(
      `SELECT WHERE NOT EXISTS (SELECT FROM outbox WHERE done_at IS NULL)`,
      [],
      deadline,
    ).then(
      () => (performance.now() - start) / 1_000,
      () => undefined,
    )
    const current = await currentVersions(
      this.#client,
      this.#products.map(({ id }) => id),
    )
    const right = await this.#untilRight(current, deadline)
    const rendersRight = await this.#renders()
    await wait(PHASE_S * 1_000)
    const [last, rendersEnd] = [performance.now(), await this.#renders()]
    end.abort()
    await browsed
    const phases: Phase[] = [
      { name: 'before', from, until: start, renders: rendersStart - rendersFrom },
      {
        name: 'from its start until the last page is right',
        from: start,
        until: right,
        renders: rendersRight - rendersStart,
      },
      { name: 'after', from: right, until: last, renders: rendersEnd - rendersRight },
    ]
    const lastOld = this.visits
      .filter((visit) => visit.start > start && visit.error === '' && !isRight(visit, current))
      .reduce((last, visit) => Math.max(last, visit.start), start)
    this.#visitors.close()
    return {
      phases,
      appliedS: (applied - start) / 1_000,
      rightS: (right - start) / 1_000,
      lastOldS: (lastOld - start) / 1_000,
      emptyS: await emptied,
    }
  }
}

function rowOf({ name, from, until, renders }: Phase, visits: readonly Visit[]): Row {
  const within = visits.filter(({ start, ms }) => start + ms >= from && start + ms < until)
  const good = within.filter(({ error }) => error === '')
  const ms = within.map((visit) => visit.ms)
  const seconds = (until - from) / 1_000
  return [
    name,
    seconds.toFixed(1),
    Math.round(good.length / seconds),
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
  const body = await withFleet({ ...plan, roles: 'relay,invalidator,bulk,scheduler' }, async (fleet) => {
    const one = new Sale(fleet, client, products)
    const { phases, appliedS, rightS, lastOldS, emptyS } = await one.run()
    return [
      `A schedule reduces ${IN_SALE.toLocaleString('en')} prices while ${READERS.toLocaleString('en')} readers look at one page a second each, of ${PAGES.toLocaleString('en')} product pages by popularity, on ${INSTANCES} web instances; one worker has every role. All share the cores of one machine.`,
      table(
        ['', 'seconds', 'reads a second', 'p50 ms', 'p99 ms', 'errors', 'renders'],
        phases.map((phase) => rowOf(phase, one.visits)),
      ),
      `Seconds after the time of the sale: every price applied and in the index ${appliedS.toFixed(1)}; each of the ${PAGES.toLocaleString('en')} pages read and right ${rightS.toFixed(1)}; the last read of a reader that showed a price of before began ${lastOldS.toFixed(1)}; the outbox empty ${emptyS?.toFixed(1) ?? `not within ${GIVE_UP_S}`}.`,
    ]
  })
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
