/**
 * `npm run lighthouse`: what Lighthouse says of each kind of page, on a phone and on a desktop, in a shop of its own. The answers in
 * full are left in `.data/bench/lighthouse`. Ends with 1 when a score is below its budget. `-- --runs 1` for a first look.
 */
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import lighthouse, { desktopConfig, type Result } from 'lighthouse'
import pg from 'pg'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { readEnvironment, root } from '../../tools/run/environment.ts'
import { chromiumPath } from '../../tools/services/chromium.ts'
import { prepareShops } from '../lib/build.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { withInstances } from '../lib/instances.ts'
import { someProducts } from '../lib/pages.ts'
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import { barsOf, writeReport } from '../lib/report.ts'
import { benchStores } from '../lib/stores.ts'
import { budgetsOf, CATEGORIES, sentenceOf, type AuditedPage, type PageScores } from './budgets.ts'

const PRODUCTS = 500
const ATTEMPTS = 3
const FORMS = { phone: undefined, desktop: desktopConfig } as const

const { values } = parseArgs({ options: { runs: { type: 'string', default: '3' } } })
const runs = Number(values.runs)
if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs is ${values.runs}: give a whole number of 1 or more`)

/** The last answer of each page in full. */
const answers = path.join(root, '.data/bench/lighthouse')
mkdirSync(answers, { recursive: true })

interface AddressedPage extends AuditedPage {
  readonly path: string
}

/** @returns a port of this machine that is free now */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address: AddressInfo | string | null = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('there is no free port')
  return address.port
}

/** @returns the cookies of a shopper with one article in the cart */
async function cartCookies(url: string, product: number): Promise<string> {
  const answer = await fetch(`${url}/api/cart`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url },
    body: new URLSearchParams({ do: 'add', product: String(product), version: '1', locale: 'en' }),
  })
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0])
  if (cookies.length === 0) throw new Error(`nothing was put into the cart: ${answer.status} ${await answer.text()}`)
  return cookies.join('; ')
}

interface Audited {
  readonly page: AddressedPage
  readonly form: keyof typeof FORMS
  readonly results: readonly Result[]
}

const score = (result: Result, category: string) => Math.round(100 * (result.categories[category]?.score ?? 0))
const metric = (result: Result, audit: string) => result.audits[audit]?.numericValue ?? Number.NaN
const median = ({ results }: Audited, of: (result: Result) => number) => percentile(results.map(of), 0.5)

function scoresOf(audited: Audited): PageScores {
  const { page, form } = audited
  const scores = CATEGORIES.map((category) => [category, median(audited, (result) => score(result, category))] as const)
  return { page, form, scores: new Map(scores) }
}

function rowOf(audited: Audited): Row {
  return [
    audited.page.name,
    audited.form,
    ...scoresOf(audited).scores.values(),
    Math.round(median(audited, (result) => metric(result, 'first-contentful-paint'))),
    Math.round(median(audited, (result) => metric(result, 'largest-contentful-paint'))),
    Math.round(median(audited, (result) => metric(result, 'total-blocking-time'))),
    median(audited, (result) => metric(result, 'cumulative-layout-shift')).toFixed(3),
  ]
}

/** The audits that cost a page points outside of performance, by name. */
function findings({ page, form, results }: Audited): Row[] {
  const [first] = results
  if (!first) return []
  return CATEGORIES.slice(1).flatMap((category) =>
    (first.categories[category]?.auditRefs ?? [])
      .filter(({ id, weight }) => weight > 0 && (first.audits[id]?.score ?? 1) < 1)
      .map(({ id }) => [page.name, form, category, page.noindex && id === 'is-crawlable' ? `${id}, as meant` : id]),
  )
}

const stores = await benchStores()
const [shop] = await prepareShops([ours], stores, PRODUCTS)
if (!shop) throw new Error('there is no shop')
const port = Number(process.env['BENCH_PORT_BASE'] ?? 4810)
const url = `http://localhost:${port}`
const client = new pg.Client(stores.databaseUrl)
await client.connect()
const [product] = await someProducts(client, 1)
if (!product) throw new Error('there is no product')
await client.end()

const PAGES: readonly AddressedPage[] = [
  { name: 'home', path: '/en' },
  { name: 'category', path: '/en/categories/furniture' },
  { name: 'product', path: product.path },
  { name: 'policy', path: '/en/info/delivery' },
  { name: 'search', path: '/en/search?q=lamp', noindex: true },
  { name: 'cart', path: '/en/cart', noindex: true },
  { name: 'checkout', path: '/en/checkout', noindex: true },
]

const devtools = await freePort()
const browser = await chromium.launch({
  executablePath: await chromiumPath(readEnvironment(), AbortSignal.timeout(300_000)),
  args: [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-background-networking',
    `--remote-debugging-port=${devtools}`,
  ],
})

/**
 * A browser on a busy machine now and then records nothing of a page; then the page is loaded again.
 * @throws with what Lighthouse said the last time
 */
async function audit(address: string, cookie: string, form: keyof typeof FORMS): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    const answer = await lighthouse(
      address,
      { port: devtools, logLevel: 'error', onlyCategories: [...CATEGORIES], extraHeaders: { cookie } },
      FORMS[form],
    )
    if (answer && !answer.lhr.runtimeError) return answer.lhr
    if (attempt === ATTEMPTS) throw new Error(`${address} was not audited: ${answer?.lhr.runtimeError?.message}`)
  }
}

const audited = await withInstances(shop, 1, stores, { environment: { PUBLIC_URL: url } }, async () => {
  const cookie = await cartCookies(url, product.id)
  const all: Audited[] = []
  for (const page of PAGES) {
    // The first reader waits for a render; a page is judged as the others get it.
    for (let i = 0; i < 3; i++) {
      const answer = await fetch(url + page.path, { headers: { cookie } })
      if (!answer.ok) throw new Error(`${page.path} answered ${answer.status}`)
      await answer.text()
    }
    for (const form of ['phone', 'desktop'] as const) {
      const results: Result[] = []
      for (let i = 0; i < runs; i++) {
        const lhr = await audit(url + page.path, cookie, form)
        results.push(lhr)
        writeFileSync(path.join(answers, `${page.name}-${form}.json`), JSON.stringify(lhr, null, 1))
      }
      const one = { page, form, results }
      all.push(one)
      process.stdout.write(`${rowOf(one).join(' | ')}\n`)
    }
  }
  return all
})
const browserVersion = browser.version()
await browser.close()
await stores.close()

const HEAD = [
  'page',
  'on',
  'performance',
  'accessibility',
  'best practices',
  'SEO',
  'FCP, ms',
  'LCP, ms',
  'TBT, ms',
  'CLS',
]
const rows = audited.map(rowOf)
const found = audited.flatMap(findings)
const budgets = budgetsOf(audited.map(scoresOf))
writeReport({
  file: 'lighthouse.md',
  title: 'What Lighthouse says of each page',
  command: 'npm ci --prefix bench\nnpm run lighthouse',
  stores: [...stores.versions, `Chromium ${browserVersion}`, `Lighthouse ${audited[0]?.results[0]?.lighthouseVersion}`],
  peers: false,
  plot: {
    title: 'performance, of 100',
    bars: barsOf(
      HEAD,
      audited.map((one) => [`${one.page.name}, ${one.form}`, ...rowOf(one).slice(1)]),
      'performance',
    ),
  },
  budgets,
  body: [
    `One web instance with ${PRODUCTS} products, each page out of the cache as all but its first reader get it; the cart holds one article. ${runs} runs of each page, the median of each figure. The phone is the one that Lighthouse simulates: four times slower than this machine, 1.6 Mbit/s, 150 ms to the server. Search, cart and checkout ask not to be indexed, and lose points for that under SEO.`,
    markdownTable(HEAD, rows),
    found.length === 0
      ? 'No other audit found anything.'
      : markdownTable(['page', 'on', 'category', 'costs points'], found),
  ],
})
const missed = sentenceOf(budgets)
if (missed !== undefined) process.stderr.write(`\n${missed}\n`)
process.exit(missed === undefined ? 0 : 1)
