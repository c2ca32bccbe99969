/** `npm run screenshots`: takes the pictures of the shop in README and docs anew, from the shop that `npm start` runs, into docs/images. */
import path from 'node:path'
import { chromium, type Locator, type Page } from '@playwright/test'
import { env } from '#lib/platform/env.ts'
import { say, stopWithSentence } from './progress.mjs'
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
  /** What a visitor does there first. @returns what is then to be seen */
  readonly act?: (page: Page) => Promise<Locator>
}

/** The page of a product of a list that has several colours. */
async function openVariant(page: Page): Promise<Locator> {
  await page.getByRole('article').filter({ hasText: 'colours' }).first().getByRole('link').click()
  return page.getByRole('button', { name: 'Add to cart' })
}

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
]

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
    for (const { file, address, size, scheme = 'light', act } of SHOTS) {
      const page = await browser.newPage({
        baseURL: `http://localhost:${env().PORT}`,
        viewport: size,
        colorScheme: scheme,
        reducedMotion: 'reduce',
      })
      page.setDefaultTimeout(WAIT_MS)
      await page.goto(address)
      await (await act?.(page))?.waitFor()
      await settle(page)
      const picture = path.join('docs/images', `${file}.jpg`)
      await page.screenshot({ path: path.join(root, picture), type: 'jpeg', quality: 80 })
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
