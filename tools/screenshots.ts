/** `npm run screenshots`: takes the pictures of shop and bulk editor in README and docs anew, from the shop that `npm start` runs, into docs/images. */
import path from 'node:path'
import { chromium, type Locator, type Page } from '@playwright/test'
import { env } from '#lib/platform/env.ts'
import { say, SetupError, stopWithSentence } from './progress.mjs'
import { readEnvironment, root } from './run/environment.ts'
import { useRunningShop } from './run/runningShop.ts'
import { chromiumPath } from './services/chromium.ts'

const DESKTOP = { width: 1280, height: 800 }
const PHONE = { width: 360, height: 740 }
const WAIT_MS = 10_000

interface Shot {
  readonly file: string
  readonly address: string
  readonly size: { readonly width: number; readonly height: number }
  readonly scheme?: 'dark'
  /** Of the back office, as the administrator sees it. */
  readonly isOffice?: boolean
  /** What a visitor does there first. @returns what is then to be seen */
  readonly act?: (page: Page) => Promise<Locator>
}

/** The page of a product of a list that has several colours. */
async function openVariant(page: Page): Promise<Locator> {
  await page.getByRole('article').filter({ hasText: 'colours' }).first().getByRole('link').click()
  return page.getByRole('button', { name: 'Add to cart' })
}

/** A rule for the prices of a brand. */
async function draftEdit(page: Page): Promise<Locator> {
  const rows = page.waitForResponse(
    (answer) => answer.url().includes('/selection/rows') && !!answer.request().postData()?.includes('brand'),
  )
  await page.getByLabel('Brand', { exact: true }).selectOption({ index: 2 })
  await rows
  await page.getByLabel('Price', { exact: true }).selectOption('percent-down')
  await page.getByLabel('Percent').fill('12')
  await page.getByLabel('Round').selectOption('.99')
  return page.locator('[role=grid]:not([aria-busy]) [data-column=newPrice]').filter({ hasText: '.99' }).last()
}

/** Nothing is approved: a preview changes no price. */
async function previewEdit(page: Page): Promise<Locator> {
  await (await draftEdit(page)).waitFor()
  await page.getByLabel('3. Why').fill('Autumn prices')
  await page.getByRole('button', { name: 'Preview' }).click()
  return page.locator('[data-column=new]').filter({ hasText: '.99' }).last()
}

async function editOnPhone(page: Page): Promise<Locator> {
  const drafted = await draftEdit(page)
  await page.getByRole('grid').evaluate((grid) => grid.scrollIntoView({ block: 'center' }))
  return drafted
}

const PRICE_LIST = 'sku;price;special price\nA-1;1.201,90;1.100,00\nA-2;1.301,90;\nA-3;98,00;\n'

async function askAboutFile(page: Page): Promise<Locator> {
  const file = { name: 'prices.csv', mimeType: 'text/csv', buffer: Buffer.from(PRICE_LIST) }
  await page.getByLabel('CSV file').setInputFiles(file)
  await page.getByLabel('Why').fill('The price list of May')
  await page.getByRole('button', { name: 'Read and preview' }).click()
  return page.getByRole('button', { name: 'Read with these answers' })
}

const TALL = { width: 1280, height: 1500 }

const SHOTS: readonly Shot[] = [
  { file: 'shop', address: '/en', size: DESKTOP },
  {
    file: 'shop-search',
    address: '/en/search?q=lamp',
    size: { width: 1280, height: 1300 },
    async act(page) {
      await page.locator('#site-search').fill('')
      await page.locator('#site-search').pressSequentially('lamp')
      return page.getByRole('listbox').getByRole('option').last()
    },
  },
  { file: 'shop-product', address: '/en/categories/sneakers', size: DESKTOP, act: openVariant },
  { file: 'shop-dark', address: '/en/categories/furniture', size: DESKTOP, scheme: 'dark' },
  {
    file: 'shop-phone-filters',
    address: '/en/search?category=chairs',
    size: PHONE,
    async act(page) {
      await page.getByText('Filters', { exact: true }).click()
      const facet = page.getByRole('region', { name: 'Colour' })
      await facet.scrollIntoViewIfNeeded()
      return facet
    },
  },
  { file: 'shop-phone-product', address: '/en/categories/sneakers', size: PHONE, act: openVariant },
  { file: 'bulk-editor', address: '/admin/bulk/new', size: TALL, isOffice: true, act: draftEdit },
  { file: 'bulk-preview', address: '/admin/bulk/new', size: TALL, isOffice: true, act: previewEdit },
  { file: 'bulk-import', address: '/admin/bulk/import', size: TALL, isOffice: true, act: askAboutFile },
  { file: 'bulk-editor-phone', address: '/admin/bulk/new', size: PHONE, isOffice: true, act: editOnPhone },
]

async function signIn(page: Page): Promise<void> {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password, PORT } = env()
  const headers = { origin: `http://localhost:${PORT}` }
  const answer = await page.request.post('/api/auth/sign-in/email', { data: { email, password }, headers })
  if (!answer.ok()) throw new SetupError('The administrator could not sign in: set ADMIN_EMAIL and ADMIN_PASSWORD.')
}

/** Nothing is on its way any more: pictures that are on the screen, fonts, transitions. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready
    // Others are loaded when they come near the screen.
    const onScreen = [...document.images].filter((image) => {
      const { top, bottom, left, width } = image.getBoundingClientRect()
      return width > 0 && bottom > 0 && top < innerHeight && left >= 0 && left < innerWidth
    })
    await Promise.all(onScreen.map((image) => image.decode().catch(() => undefined)))
  })
}

const stopped = new AbortController()
process.once('SIGINT', () => stopped.abort())
try {
  useRunningShop()
  const browser = await chromium.launch({
    executablePath: await chromiumPath(readEnvironment(), stopped.signal),
    // Chromium's sandbox refuses to run as root.
    args: process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : [],
  })
  try {
    for (const { file, address, size, scheme = 'light', isOffice = false, act } of SHOTS) {
      const page = await browser.newPage({
        baseURL: `http://localhost:${env().PORT}`,
        viewport: size,
        colorScheme: scheme,
        reducedMotion: 'reduce',
      })
      page.setDefaultTimeout(WAIT_MS)
      if (isOffice) await signIn(page)
      await page.goto(address)
      await (await act?.(page))?.waitFor()
      await settle(page)
      const picture = path.join('docs/images', `${file}.${isOffice ? 'png' : 'jpg'}`)
      await page.screenshot({ path: path.join(root, picture), ...(!isOffice && { type: 'jpeg', quality: 80 }) })
      say(`  ✓ ${picture}`)
      await page.close()
    }
  } finally {
    await browser.close()
  }
} catch (error) {
  stopWithSentence(error)
  process.exitCode = 1
}
