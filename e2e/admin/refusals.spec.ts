import { signIn } from '../support/accounts.ts'
import { PricePage } from '../support/adminPage.ts'
import { expect, test } from '../support/test.ts'

test.beforeEach(({ page }) => signIn(page.request))

const REFUSED: [string, string, RegExp][] = [
  ['nothing', '', /Enter an amount/],
  ['a word', 'cheap', /digits 0 to 9/],
  ['negative', '-5.00', /Leave out the sign/],
  ['zero', '0.00', /above zero/],
  ['too large', '1000000', /highest price is €999,999\.99/],
  ['ambiguous', '1,299', /two ways/],
  ['three decimals', '1299.005', /two digits/],
  ['a wrong currency', '12.90 USD', /Prices are in EUR/],
  ['a wrong sign of currency', '$12.90', /Prices are in EUR/],
]

for (const [name, typed, message] of REFUSED) {
  test(`a price that is ${name} is refused with a message, and nothing changes`, async ({ page, database }) => {
    const { productId } = await database.plainProduct(7)
    const before = await database.written(productId)
    const price = new PricePage(page)
    await price.open(productId)
    await price.change(typed, 'Correction')
    await expect(page.getByText('Nothing was changed.')).toBeVisible()
    await expect(page.getByRole('alert').filter({ hasText: message })).toBeVisible()
    await expect(price.amount).toHaveAttribute('aria-invalid', 'true')
    await expect(price.amount).toHaveValue(typed)
    expect(await database.written(productId)).toEqual(before)
  })
}

test('refuses a price without a reason, and a compare-at price that is not above it', async ({ page, database }) => {
  const { productId } = await database.plainProduct(7)
  const before = await database.written(productId)
  const price = new PricePage(page)
  await price.open(productId)
  await price.change('50.00', ' ')
  await expect(page.getByText('Say why the price changes.')).toBeVisible()
  await price.compareAt.fill('50.00')
  await price.change('50.00', 'Correction')
  await expect(page.getByText('The compare-at price (€50.00) must stay above the price (€50.00).')).toBeVisible()
  expect(await database.written(productId)).toEqual(before)
})

test('has no page for an unknown product', async ({ page }) => {
  for (const id of ['999999999', '0', '-1', '1e3', 'lamp', '99999999999999999999']) {
    await page.goto(`/admin/products/${id}`)
    await expect(page.getByText('Not found').first()).toBeVisible()
  }
})
