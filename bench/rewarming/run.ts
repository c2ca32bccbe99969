/** `npm run bench:rewarming`: what Postgres is asked after a purge of everything, with and without a pace, and without any warming. */
import { metricsOf } from '../lib/metrics.ts'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { tag } from '../../lib/coherence/tags.ts'
import { INTERNAL_SECRET_HEADER } from '../../lib/platform/http/internalSecret.ts'
import { prepareShops } from '../lib/build.ts'
import { withInstances } from '../lib/instances.ts'
import { someProducts } from '../lib/pages.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import { barsOf, writeReport } from '../lib/report.ts'
import { INTERNAL_SECRET, shopEnvironment } from '../lib/shop.ts'
import { callsOf, statementCounter } from '../lib/statementCounter.ts'
import { benchStores } from '../lib/stores.ts'

const PRODUCTS = 2_000
/** As many as one instance warms. */
const POPULAR = 100
const ROUNDS = 3
/** Milliseconds of a window: the busiest one is reported. */
const WINDOW_MS = 250
const OVER_WHEN_QUIET_MS = 1_500
const AT_MOST_MS = 60_000

const CASES = [
  { name: 'paced, 20 renders a second (the default)', perSecond: 20 },
  { name: 'paced, 5 renders a second', perSecond: 5 },
  { name: 'as fast as two renders at a time go', perSecond: 10_000 },
] as const

const stores = await benchStores({ countsStatements: true })
const counter = await statementCounter(stores.databaseUrl)
const client = new pg.Client(stores.databaseUrl)
await client.connect()
Object.assign(process.env, shopEnvironment(stores))
const { coherence, versionIndex } = await import('../../lib/catalog/coherence.ts')
await versionIndex().connect()

interface Outcome {
  readonly queries: number
  readonly busiest: number
  readonly seconds: number
  readonly warmed: number
}

async function count(url: string, name: string): Promise<number> {
  const text = await metricsOf(url)
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

/** The steps of `purge --everything`: the version of the catalog's tag, a new generation of the index, and word to each instance. */
async function purgeEverything(url: string): Promise<void> {
  const { rows } = await client.query<{ version: string }>(
    'UPDATE catalog_state SET version = version + 1 RETURNING version',
  )
  await coherence().publisher.publish([{ kind: 'catalog', id: 1, version: Number(rows[0]?.version) }])
  await versionIndex().outdateAll()
  const response = await fetch(`${url}/api/internal/warm`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [INTERNAL_SECRET_HEADER]: INTERNAL_SECRET },
    body: JSON.stringify({ tags: [tag('catalog', 1)] }),
  })
  if (!response.ok) throw new Error(`the instance does not warm: ${response.status}`)
}

/** Counts until nothing is asked any more. */
async function watch(url: string): Promise<Outcome> {
  const warmedBefore = await count(url, 'evergreen_warming_pages_total')
  await counter.reset()
  const began = performance.now()
  await purgeEverything(url)
  const totals: number[] = [0]
  let quietSince = began
  let last = began
  while (performance.now() - began < AT_MOST_MS && performance.now() - quietSince < OVER_WHEN_QUIET_MS) {
    await wait(WINDOW_MS)
    const total = callsOf(await counter.executed())
    // Also while a page waits for its turn.
    if (total > (totals.at(-1) ?? 0) || (await count(url, 'evergreen_warming_waiting_pages')) > 0)
      [quietSince, last] = [performance.now(), performance.now()]
    totals.push(total)
  }
  const busiest = Math.max(...totals.map((total, i) => total - (totals[i - 1] ?? 0)))
  return {
    queries: totals.at(-1) ?? 0,
    busiest: (busiest * 1_000) / WINDOW_MS,
    seconds: (last - began) / 1_000,
    warmed: (await count(url, 'evergreen_warming_pages_total')) - warmedBefore,
  }
}

const [shop] = await prepareShops([ours], stores, PRODUCTS)
if (!shop) throw new Error('there is no shop')
const pages = (await someProducts(client, POPULAR)).map(({ path }) => path)
const rows: Row[] = []
for (const { name, perSecond } of CASES) {
  const outcomes = await withInstances(
    shop,
    1,
    { databaseUrl: counter.url, redisUrl: stores.redisUrl },
    { environment: { WARM_RENDERS_PER_SECOND: String(perSecond) } },
    async ([web]) => {
      if (!web) throw new Error('there is no instance')
      for (let visit = 0; visit < 3; visit++)
        for (const page of pages) await (await fetch(web.url + page)).arrayBuffer()
      const all: Outcome[] = []
      for (let round = 0; round < ROUNDS; round++) {
        all.push(await watch(web.url))
        await wait(OVER_WHEN_QUIET_MS)
      }
      return all
    },
  )
  const middle = (pick: (outcome: Outcome) => number) => percentile(outcomes.map(pick), 0.5)
  rows.push([
    name,
    middle(({ warmed }) => warmed),
    middle(({ queries }) => queries),
    middle(({ seconds }) => seconds).toFixed(1),
    Math.round(middle(({ queries, seconds }) => queries / seconds)),
    Math.round(middle(({ busiest }) => busiest)),
  ])
  process.stdout.write(`${rows.at(-1)?.join(' | ')}\n`)
}
await counter.close()
await client.end()
await stores.close()
const HEAD = [
  'warming',
  'pages warmed',
  'statements',
  'seconds',
  'statements a second',
  'in the busiest window, a second',
]

writeReport({
  file: 'rewarming.md',
  title: 'Re-warming: what Postgres is asked after a purge of everything',
  command: 'npm run bench:rewarming',
  stores: stores.versions,
  plot: { title: 'statements a second at Postgres', bars: barsOf(HEAD, rows, 'statements a second') },
  body: [
    `One instance; each of ${POPULAR} product pages was visited three times. The catalog's version is raised and every entry outdated, as \`npm run purge -- --everything\` does, and the instance is told to warm. ` +
      `pg_stat_statements counts the statements of the instance until none came for ${OVER_WHEN_QUIET_MS / 1_000} s; the middle one of ${ROUNDS} rounds. The busiest window is of ${WINDOW_MS} ms.`,
    markdownTable(HEAD, rows),
    'The pace is of each process (`WARM_RENDERS_PER_SECOND`); leases see to it that a fleet renders each page once. The first 20 pages go at once, which is the busiest window of a paced run. ' +
      'A page that a shopper asks for before its turn is rendered at once, in any case: the pace is that of the warming alone.',
  ],
})
process.exit(0)
