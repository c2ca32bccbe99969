/** The page on which one price is changed, in the words of its user. */
import { expect, type Locator, type Page } from '@playwright/test'
import { amountToInput, showMoney } from '#lib/money/money.ts'
import type { PriceRow } from './database.ts'

/** An amount that the price is not, and that every role may set: in cents, as it is typed and as it is shown. */
export function another(
  { amountCents }: Pick<PriceRow, 'amountCents'>,
  moreCents = 1,
): { cents: number; typed: string; shown: string } {
  const cents = amountCents + moreCents
  return { cents, typed: amountToInput(cents).replace('.', ','), shown: showMoney(cents) }
}

export class PricePage {
  readonly page: Page
  readonly amount: Locator
  readonly compareAt: Locator
  readonly reason: Locator
  readonly save: Locator
  /** The second step of a change beyond the limits. */
  readonly confirm: Locator
  readonly current: Locator
  readonly history: Locator

  constructor(page: Page) {
    this.page = page
    this.amount = page.getByLabel('New price in')
    this.compareAt = page.getByLabel('Compare-at price')
    this.reason = page.getByLabel('Reason', { exact: true })
    this.save = page.getByRole('button', { name: 'Change the price' })
    this.confirm = page.getByRole('button', { name: /^Set the price to/ })
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
