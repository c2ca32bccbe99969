/** Opens a page in Firefox: an unchanged one, over WebDriver BiDi, as Playwright has only a Firefox of its own build. */
import puppeteer, { type HTTPRequest, type Page } from 'puppeteer-core'
import { corrupted } from '../equality/hydration.ts'

/** Milliseconds. */
const FOLLOWS_WITHIN_MS = 20_000

export interface Firefox {
  readonly page: Page
  /** The complaints of React and the pages so far. */
  readonly complaints: readonly string[]
  /** Loads a page; returns when React runs in it. */
  hydrated(url: string): Promise<void>
  /** From now on `url` arrives with another digit in the first amount that it shows. */
  corruptAmount(url: string): Promise<void>
  stop(): Promise<void>
}

/** @throws when FIREFOX_PATH names none */
export async function startFirefox(): Promise<Firefox> {
  const executablePath = process.env['FIREFOX_PATH']
  if (!executablePath) throw new Error('Firefox could not be installed: install it, or name one with FIREFOX_PATH')
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true })
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return {
    page,
    complaints,
    async hydrated(url) {
      // An effect asks for it.
      const follows = page.waitForResponse(
        (response) => response.url().includes('/api/prices/stream') && response.ok(),
        { timeout: FOLLOWS_WITHIN_MS },
      )
      await Promise.all([follows, page.goto(url)])
      // A complaint that was made by then has arrived before what comes of a later turn of the page's event loop.
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
    },
    async corruptAmount(url) {
      const body = corrupted(await (await fetch(url)).text(), url)
      await page.setRequestInterception(true)
      page.on('request', (request: HTTPRequest) =>
        request.url() === url ? request.respond({ status: 200, contentType: 'text/html', body }) : request.continue(),
      )
    },
    stop: () => browser.close(),
  }
}
