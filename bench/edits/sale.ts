/** A sale starts on 40,000 products while 1,000 readers browse, one in ten of them through the edge. */
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { startWorker as startEdge } from '../../edge/local/startWorker.ts'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { parseVersionedTag } from '../../lib/coherence/tags.ts'
import { prepareShops } from '../lib/build.ts'
import { currentVersions, type ProductRef, someProducts } from '../lib/pages.ts'
import { pooled } from '../lib/pooled.ts'
import { byPopularity } from '../lib/popularity.ts'
import { writeReport } from '../lib/report.ts'
import type { BenchStores } from '../lib/stores.ts'
import { type FirstVisit, visitAround } from './firstPages.ts'
import { type Fleet, PORT_BASE, withFleet } from './fleet.ts'
import { GIVE_UP_S, many, type Outcome, PAGES, type Phase, saleReport, type Finding, WATCH_MS } from './saleReport.ts'
import { committedAfter, previewedSale, schedule, STARTS_IN_MS } from './saleSchedule.ts'
import { failuresOf, type Visit, Visitors } from './visit.ts'

const IN_SALE = 40_000
const READERS = 1_000
/** Seconds from one page of a reader to its next: first as people browse, then as much as two cores can answer. */
const PAUSES_S = [5, 1]
const INSTANCES = 3
/** One reader in so many reads through the edge. */
const EDGE_EVERY = 10
const EDGE_SECRET = 'the-secret-of-the-benchmark-long-enough'
const PHASE_S = 14
const AT_ONCE = 4
const POLL_MS = 20
const WARM_UP_MS = 2_000
/** Milliseconds after the time of the sale: of the reads that begin until then it is reported how long they took. */
const FIRST_MS = 1_000
/** Of so many pages on each instance and at the edge it is measured when the sale is first shown. */
const WATCHED = 2

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

class Sale {
  readonly visits: Visit[] = []
  /** Visits of no reader, to see whether pages are right. */
  readonly #looks: Visit[] = []
  /** The visits through the edge. */
  readonly #throughEdge = new Set<Visit>()
  readonly #visitors = new Visitors()
  readonly #fleet: Fleet
  readonly #client: pg.Client
  readonly #products: readonly ProductRef[]
  readonly #edgeUrl: string
  readonly #pauseMs: number

  constructor(fleet: Fleet, client: pg.Client, products: readonly ProductRef[], edgeUrl: string, pauseS: number) {
    this.#edgeUrl = edgeUrl
    this.#pauseMs = pauseS * 1_000
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
        if (visit) this.#looks.push(visit)
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

  /** One reader: a page, a pause, and the next page at once where one took longer. */
  async #browse(reader: number, page: (i: number) => string, browsing: () => boolean): Promise<void> {
    await wait((reader / READERS) * this.#pauseMs)
    const byEdge = reader % EDGE_EVERY === 0
    for (let i = reader; browsing(); i += READERS) {
      const url = byEdge ? this.#edgeUrl + page(i) : this.#url(page(i), i)
      const visit = await this.#visitors.visit(url, () => false)
      this.visits.push(visit)
      if (byEdge) this.#throughEdge.add(visit)
      await wait(Math.max(0, this.#pauseMs - visit.ms))
    }
  }

  /** Reads some pages everywhere about the time of the sale. */
  #watch(start: number): Promise<FirstVisit[]> {
    const paths = this.#products.filter((_, i) => i % Math.ceil(PAGES / WATCHED) === 0).map(({ path }) => path)
    const origins = [...this.#fleet.instances.map(({ url }) => url), this.#edgeUrl]
    const urls = origins.flatMap((origin) => paths.map((path) => origin + path))
    return visitAround(urls, start - WATCH_MS.before, start + WATCH_MS.after)
  }

  async run(): Promise<Outcome> {
    const popular = byPopularity(this.#products.map(({ path }) => path))
    let browsing = true
    const edit = await previewedSale(
      this.#client,
      this.#products.map(({ id }) => id),
      IN_SALE,
    )
    const readers = Array.from({ length: READERS }, (_, i) => this.#browse(i, popular, () => browsing))
    await wait(WARM_UP_MS + this.#pauseMs)
    const [from, rendersFrom] = [performance.now(), await this.#renders()]
    await wait(PHASE_S * 1_000 - STARTS_IN_MS)
    const start = await schedule(this.#client, edit)
    const committed = committedAfter(this.#client, edit, GIVE_UP_S)
    const watched = this.#watch(start)
    await wait(start - performance.now())
    const rendersStart = await this.#renders()
    const deadline = start + GIVE_UP_S * 1_000
    const appliedMs = await committed
    const emptied = this.#found(
      'SELECT WHERE NOT EXISTS (SELECT FROM outbox WHERE done_at IS NULL)',
      [],
      start,
      deadline,
    )
    // What comes after it would stand in the way of the readers of the first second.
    const firsts = Map.groupBy(await watched, ({ url }) => url)
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
    const answered = this.visits.filter(({ error }) => error === '')
    /** Each instance has been visited for each page before: no first visit is among them. */
    const without = [...this.visits, ...this.#looks].filter(
      (visit) => visit.error === '' && !visit.hit && !this.#throughEdge.has(visit),
    )
    const phase = (name: string, from: number, until: number, renders: number): Phase => {
      const within = without.filter(({ start, ms }) => start + ms >= from && start + ms < until)
      return { name, from, until, renders, withoutPage: within.length }
    }
    const phases = [
      phase('before', from, start, rendersStart - rendersFrom),
      phase(
        wrong === 0 ? 'from its start until the last page is right' : `from its start, for ${GIVE_UP_S} s`,
        start,
        right,
        rendersRight - rendersStart,
      ),
      phase('after', right, last, rendersEnd - rendersRight),
    ]
    /** @returns in milliseconds after the time of the sale */
    const turn = (visits: readonly Visit[], isWatched: (url: string) => boolean) => ({
      firstMs: visits.filter((visit) => visit.start > start && visit.start < start + FIRST_MS).map(({ ms }) => ms),
      shownMs: [...firsts].flatMap(([url, own]) => {
        const shown = own.find((visit) => isRight(visit, current))
        return isWatched(url) ? [shown ? shown.start + shown.ms - start : Infinity] : []
      }),
      lastOldMs: visits
        .filter((visit) => visit.start > start && !isRight(visit, current))
        .reduce((last, visit) => Math.max(last, visit.start - start), 0),
    })
    const isAtEdge = (url: string) => url.startsWith(this.#edgeUrl)
    const mixed = [...answered, ...[...firsts.values()].flat()].filter((visit) => {
      const { right, old } = pricesOf(visit, current)
      return right > 0 && old > 0
    }).length
    this.#visitors.close()
    return {
      visits: this.visits,
      phases,
      wrong,
      appliedMs,
      rightMs: wrong === 0 ? right - start : undefined,
      web: turn(
        answered.filter((visit) => !this.#throughEdge.has(visit)),
        (url) => !isAtEdge(url),
      ),
      edge: turn(
        answered.filter((visit) => this.#throughEdge.has(visit)),
        isAtEdge,
      ),
      mixed,
      failures: failuresOf(this.visits, (visit) => (this.#throughEdge.has(visit) ? 'edge' : 'web')),
      emptyMs: await emptied,
    }
  }
}

export async function sale(stores: BenchStores): Promise<void> {
  const body = [
    `A schedule reduces ${many(IN_SALE)} prices while ${many(READERS)} readers look at pages, of ${many(PAGES)} product pages by popularity, on ${INSTANCES} web instances, one reader in ten through our Worker as the edge; one worker has the roles of delivery, bulk edits and schedules. All share the cores of one machine.`,
    'Renders are all that the servers count, also of pages that no reader looks at. A read without a page is one of an instance that did not have the page at hand: each page was visited on each instance before, so that a change is to blame.',
  ]
  const all: Finding[] = []
  for (const pauseS of PAUSES_S) {
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
    const roles = 'relay,invalidator,bulk,scheduler'
    all.push(
      await withFleet({ ...plan, environment, roles }, async (fleet) =>
        saleReport(await new Sale(fleet, client, products, front.url, pauseS).run(), pauseS),
      ),
    )
    await front.stop()
    await Promise.all([postgres.end(), client.end()])
  }
  writeReport({
    file: 'sale.md',
    title: `A sale starts on ${many(IN_SALE)} products`,
    command: 'npm run bench:edits -- --sale',
    stores: stores.versions,
    peers: false,
    plot: { title: 'seconds after the time of the sale', bars: all.flatMap(({ bars }) => bars), budget: 0.25 },
    budgets: all.flatMap(({ budgets }) => budgets),
    body: [...body, ...all.flatMap((one) => one.body)],
  })
}
