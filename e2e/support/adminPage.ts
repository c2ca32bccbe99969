/** The page on which one price is changed, in the words of whoever uses it. */
import { expect, type Locator, type Page } from '@playwright/test'
import type { PriceRow } from './database.ts'

/** An amount that the price is not, however often the tests ran before: in cents, as it is typed and as it is shown. */
export function another({ amountCents }: Pick<PriceRow, 'amountCents'>): {
  cents: number
  typed: string
  shown: string
} {
  const cents = 1290 + ((amountCents + 101) % 10_000)
  const [whole, rest] = [Math.floor(cents / 100), String(cents % 100).padStart(2, '0')]
  return { cents, typed: `${whole},${rest}`, shown: `€${whole}.${rest}` }
}

export class PricePage {
  readonly page: Page
  readonly amount: Locator
  readonly compareAt: Locator
  readonly reason: Locator
  readonly save: Locator
  readonly current: Locator
  readonly history: Locator

  constructor(page: Page) {
    this.page = page
    this.amount = page.getByLabel('New price in EUR')
    this.compareAt = page.getByLabel('Compare-at price')
    this.reason = page.getByLabel('Reason', { exact: true })
    this.save = page.getByRole('button', { name: 'Change the price' })
    this.current = page.getByTestId('current-price')
    this.history = page.getByRole('region', { name: 'History' }).getByRole('row')
  }

  async open(productId: number): Promise<void> {
    await this.page.goto(`/admin/products/${productId}`)
    await expect(this.current).toBeVisible()
  }

  async change(amount: string, reason: string): Promise<void> {
    await this.amount.fill(amount)
    await this.reason.fill(reason)
    await this.save.click()
  }
}
