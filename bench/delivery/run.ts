/**
 * `npm run bench:delivery`: how fast every layer has what was written past the application. Single edits at a steady rate beside
 * readers, then all prices of the catalog in one statement, with each source of changes. One web instance, one worker with all its
 * roles, and the Worker edge. `--short` has fewer products and less time; `--sources cdc` measures one source alone.
 */
import { parseArgs } from 'node:util'
import pg from 'pg'
import { startWorker as startEdge } from '../../edge/local/startWorker.ts'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { prepareShops } from '../lib/build.ts'
import { SOURCES, sourcesOf, withWorker, type Source } from '../lib/changeSource.ts'
import { withInstances } from '../lib/instances.ts'
import { someProducts } from '../lib/pages.ts'
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import { barsOf, writeReport } from '../lib/report.ts'
import { benchStores } from '../lib/stores.ts'
import { singleEdits } from './singles.ts'
import { oneStatement } from './statement.ts'
import { begun, type Site } from './site.ts'

const PAGES = 200
const PORTS = { web: 4850, worker: 4859 }
const SECRET = 'the-secret-of-the-benchmark-long-enough'
const RATE = 500

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    seconds: { type: 'string' },
    products: { type: 'string' },
    sources: { type: 'string', default: SOURCES.join() },
  },
})
const sources = sourcesOf(values.sources)
const { short, only } = values
const size = Number(values.products ?? (short ? 10_000 : 100_000))
const seconds = Number(values.seconds ?? (short ? 10 : 60))
const complete =
  !short &&
  only === undefined &&
  values.seconds === undefined &&
  values.products === undefined &&
  sources.length === SOURCES.length

const stores = await benchStores()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stores.close().finally(() => process.exit(1)))

interface Measured {
  readonly source: Source
  readonly singles: readonly Row[]
  readonly statement: readonly Row[]
}

async function measured(): Promise<Measured[]> {
  const [shop] = await prepareShops([ours], stores, size)
  if (!shop) throw new Error('the shop was not built')
  const postgres = new pg.Pool({ connectionString: stores.databaseUrl, max: 32 })
  postgres.on('error', () => undefined) // One that is idle when the stores end.
  await postgres.query('UPDATE outbox SET done_at = clock_timestamp() WHERE done_at IS NULL')
  const origin = `http://127.0.0.1:${PORTS.web}`
  const edge = await startEdge({ port: 0, origin, secret: SECRET })
  const environment = { EDGE: 'local', EDGE_PORT: new URL(edge.url).port, EDGE_SECRET: SECRET }
  try {
    return await withInstances(shop, 1, stores, { portBase: PORTS.web, environment }, async ([web]) => {
      if (!web) throw new Error('no instance')
      const all: Measured[] = []
      const options = { stores, postgres, roles: '', port: PORTS.worker, webUrl: web.url, environment }
      for (const source of sources)
        await withWorker({ ...options, source }, async (worker) => {
          const site: Site = {
            postgres,
            webUrl: web.url,
            edgeUrl: edge.url,
            products: await someProducts(postgres, PAGES),
            processes: { web: [web.pid], worker: [worker.pid] },
          }
          await begun(postgres)
          const singles = only === 'statement' ? [] : await singleEdits(site, RATE, seconds)
          const statement = only === 'singles' ? [] : await oneStatement(site, size)
          all.push({ source, singles, statement })
        })
      return all
    })
  } finally {
    await edge.stop()
    await postgres.end()
  }
}

/** The lines that say so many seconds after the last commit. */
const afterOf = (name: string, rows: readonly Row[]) =>
  barsOf(
    ['what', 'measured'],
    rows.filter(([what]) => /^(?:in the index|outbox empty), after/.test(String(what))),
    'measured',
  ).map((bar) => ({ ...bar, name: `${name}: ${bar.name}` }))

/** One column for each source. */
const sideBySide = (all: readonly (readonly Row[])[]) =>
  markdownTable(
    ['what', ...sources],
    (all[0] ?? []).map(([what = ''], i) => [what, ...all.map((rows) => rows[i]?.[1] ?? '–')]),
  )

try {
  const all = await measured()
  const body = [
    `One web instance, one worker with all its roles, our Worker as the edge, ${size} products. All edits are SQL past the application. The worker hears of a commit from the outbox (\`triggers\`) or from logical replication (\`cdc\`).`,
    `## ${RATE} single edits a second for ${seconds} s, beside ${RATE} reads a second`,
    sideBySide(all.map(({ singles }) => singles)),
    `## ${size} prices in one statement`,
    sideBySide(all.map(({ statement }) => statement)),
  ]
  const singleBars = all.flatMap(({ source, singles }) => afterOf(`single edits, ${source}`, singles))
  if (complete)
    writeReport({
      file: 'delivery.md',
      title: 'Delivery',
      body,
      command: 'npm run bench:delivery',
      stores: stores.versions,
      plot: {
        title: 'seconds until every layer has it',
        bars: [
          ...singleBars,
          ...all.flatMap(({ source, statement }) => afterOf(`one statement, ${source}`, statement)),
        ],
      },
      budgets: singleBars
        .filter(({ name }) => name.includes('outbox empty'))
        .map(({ name, value }) => ({ what: `seconds, ${name}`, measured: value, atMost: 2 })),
      peers: false,
    })
  else process.stdout.write(`\n${body.join('\n\n')}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = 1
} finally {
  await stores.close()
}
process.exit()
