/** Reads a page as the browser hydrates it. */
import type { Page } from '@playwright/test'

/** The amount of a price, after the words that only screen readers get. */
const AMOUNT = /(data-amount-cents="[^>]*>(?:<span[^>]*>){1,2}[^<]*(?:<!-- -->[^<]*)*<\/span>[^<\d]*)(\d)/

/** A page of what is no longer sold says so with its status. */
const GONE = /status of 410/

/** @returns what React and the page have complained of so far */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !GONE.test(message.text())) complaints.push(message.text())
  })
  return complaints
}

/** Loads a page; returns when React runs in it. */
export async function hydrated(page: Page, url: string): Promise<void> {
  const follows = page.waitForResponse((response) => response.url().includes('/api/prices/stream') && response.ok())
  await page.goto(url)
  await follows
}

/** @returns the page with another digit in the first amount that it shows; @throws when it shows none */
export function corrupted(html: string, url: string): string {
  const other = html.replace(AMOUNT, (_, before: string, digit: string) => before + ((Number(digit) % 9) + 1))
  if (other === html) throw new Error(`no amount was found in ${url}`)
  return other
}

/** From now on `url` arrives with another digit in the first amount that it shows. */
export async function corruptAmount(page: Page, url: string): Promise<void> {
  await page.route(url, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: corrupted(await response.text(), url) })
  })
}
