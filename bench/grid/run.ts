/** `npm run bench:grid`: the grid of the bulk editor in a real browser, scrolled from one end to the other and back. */
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { readEnvironment } from '../../tools/run/environment.ts'
import { chromiumPath } from '../../tools/services/chromium.ts'
import { percentile } from '../../tools/figures/percentile.ts'
import { markdownTable, type Row } from '../../tools/figures/markdownTable.ts'
import { startOwnShop } from '../lib/ownShop.ts'
import { barsOf, writeReport } from '../lib/report.ts'
import { shopEnvironment } from '../lib/shop.ts'
import { heapBytes, record, type Recording } from './recorder.ts'

const { values } = parseArgs({
  options: { report: { type: 'boolean', default: true } },
  allowNegative: true,
})
const PRODUCTS = 50_000

const shop = await startOwnShop(PRODUCTS)
const environment = shopEnvironment(shop.stores)
Object.assign(process.env, environment)
const { ensureFirstAdmin } = await import('../../lib/auth/firstAdmin.ts')
const { email } = await ensureFirstAdmin()

const browser = await chromium.launch({
  executablePath: await chromiumPath(readEnvironment(), AbortSignal.timeout(300_000)),
  args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu', '--disable-background-networking'],
})
const page = await browser.newPage({ baseURL: shop.publicUrl, viewport: { width: 1280, height: 900 } })
const signedIn = await page.request.post('/api/auth/sign-in/email', {
  data: { email, password: environment['ADMIN_PASSWORD'] },
  headers: { origin: shop.publicUrl },
})
if (!signedIn.ok())
  throw new Error(`the sign-in of ${email} was answered with ${signedIn.status()}: ${await signedIn.text()}`)
await page.goto('/admin/bulk/new')
const grid = page.getByRole('grid')
await grid.getByRole('row').nth(5).getByRole('gridcell').nth(1).waitFor()
const products = Number(await grid.getAttribute('aria-rowcount')) - 1
const session = await page.context().newCDPSession(page)
const heapBefore = await heapBytes(session)

const bottom = () => grid.evaluate((element) => element.scrollTop + element.clientHeight >= element.scrollHeight - 1)
const top = () => grid.evaluate((element) => element.scrollTop <= 0)

async function wheel(deltaY: number, until: () => Promise<boolean>): Promise<void> {
  await grid.hover()
  while (!(await until())) for (let i = 0; i < 20; i++) await page.mouse.wheel(0, deltaY)
}

async function keys(key: string, times: number): Promise<void> {
  await grid.focus()
  for (let i = 0; i < times; i++) await page.keyboard.press(key)
}

const FILLED = "document.querySelector('[role=grid] [aria-label=Loading]') === null"
const SCENES: readonly (readonly [string, () => Promise<void>])[] = [
  [
    'wheel, 120 px an event, 600 events',
    async () => {
      await grid.hover()
      for (let i = 0; i < 600; i++) await page.mouse.wheel(0, 120)
    },
  ],
  ['wheel, 6,000 px an event, to the end', () => wheel(6_000, bottom)],
  ['wheel, 6,000 px an event, back', () => wheel(-6_000, top)],
  [
    'Ctrl+End, Ctrl+Home, ten times',
    async () => {
      for (let i = 0; i < 10; i++) {
        await keys('Control+End', 1)
        await page.waitForFunction(FILLED)
        await keys('Control+Home', 1)
        await page.waitForFunction(FILLED)
      }
    },
  ],
  ['Page Down, 200 times', () => keys('PageDown', 200)],
  ['arrow down, 300 times', () => keys('ArrowDown', 300)],
  [
    'the scroll bar to 20 places',
    async () => {
      for (let i = 1; i <= 20; i++) {
        await grid.evaluate(
          (element, share) => {
            element.scrollTop = element.scrollHeight * share
          },
          ((i * 7_919) % 20) / 20,
        )
        await page.waitForFunction(FILLED)
      }
    },
  ],
]

const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)}`

function row(name: string, { frames, mostRows, blankFrames, filledMs, cpuMs }: Recording): Row {
  const late = frames.filter((frame) => frame > 50).length
  return [
    name,
    frames.length,
    ms(percentile(frames, 0.5)),
    ms(percentile(frames, 0.95)),
    ms(Math.max(...frames)),
    late,
    ms(cpuMs),
    `${((100 * blankFrames) / frames.length).toFixed(1)} %`,
    ms(filledMs),
    mostRows,
  ]
}

const rows: Row[] = []
for (const [name, scroll] of SCENES) {
  rows.push(row(name, await record(page, session, scroll)))
  process.stdout.write(`${rows.at(-1)?.join(' | ')}\n`)
}
const heapAfter = await heapBytes(session)
const nodes = await page.evaluate(() => document.querySelectorAll('*').length)
const version = browser.version()
await browser.close()
await shop.close()

const HEAD = [
  '',
  'frames',
  'p50',
  'p95',
  'longest',
  'over 50 ms',
  'CPU a frame',
  'frames with a blank row on screen',
  'filled after the last scroll event, ms',
  'rows in the page, at most',
]
const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
const body = [
  `The grid of a new bulk edit with ${products.toLocaleString('en')} products, in Chromium without a screen and without a graphics card, 1280 by 900. A frame is the time from one \`requestAnimationFrame\` to the next, in milliseconds; 17 are 60 a second. The CPU time is that of the page's main thread, in milliseconds a frame. Other work on the machine adds nothing to it.`,
  markdownTable(HEAD, rows),
  `The page had ${nodes.toLocaleString('en')} elements at the end. Script memory after a collection: ${megabytes(heapBefore)} MB when the grid had its first rows, ${megabytes(heapAfter)} MB after all of this: every row that was looked at is kept.`,
]
if (values.report) {
  writeReport({
    file: 'grid.md',
    title: `The grid of the bulk editor with ${products.toLocaleString('en')} rows`,
    command: 'npm run bench:grid',
    stores: [...shop.stores.versions, `Chromium ${version}`],
    plot: { title: '95 % of the frames are shorter, ms', bars: barsOf(HEAD, rows, 'p95') },
    peers: false,
    body,
  })
} else process.stdout.write(`${body.at(-1)}\n`)
process.exit(0)
