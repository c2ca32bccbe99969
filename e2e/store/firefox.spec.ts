import { startFirefox } from '../support/firefox.ts'
import { expect, test } from '../support/test.ts'

const PHONE = { width: 360, height: 740 }

/** The number at the end of a facet. */
const countOf = ({ textContent }: Element) => /\d+$/.exec(textContent ?? '')?.[0]
/** The page before stays in the document for a while, hidden. */
const saysCount = (count: string) =>
  [...document.querySelectorAll('main header p')].some(
    (line) => line.checkVisibility() && line.textContent?.startsWith(`${count} product`),
  )

test('an unchanged Firefox on a phone suggests, narrows by facets and leads to an order, without a complaint', async ({
  baseURL,
  database,
}) => {
  const product = await database.plainProduct(46)
  await database.sql('UPDATE stock SET quantity = 10 WHERE product_id = $1', [product.productId])
  const firefox = await startFirefox()
  const { page, complaints } = firefox
  const press = (selector: string) => page.locator(selector).click()
  const isAt = (address: string) =>
    page.waitForFunction((wanted) => location.pathname + location.search === wanted, {}, address)
  const heading = async () => (await page.waitForSelector('main h1'))?.evaluate(({ textContent }) => textContent)
  try {
    await page.setViewport(PHONE)
    await firefox.hydrated(`${baseURL}/en`)
    const header = await (await page.waitForSelector('header'))?.boundingBox()
    expect((header?.height ?? PHONE.height) / PHONE.height).toBeLessThanOrEqual(0.12)

    await page.locator('#site-search').click()
    await page.keyboard.type('lamps')
    await page.waitForSelector('[role="option"]', { visible: true })
    await page.keyboard.press('ArrowDown')
    await page.waitForSelector('[role="option"][aria-selected="true"]')
    await page.keyboard.press('Enter')
    await isAt('/en/search?q=lamps&category=lamps')

    await press('main summary::-p-text(Filters)')
    const facet = '[data-facet="colour"] a'
    const count = (await (await page.waitForSelector(facet, { visible: true }))?.evaluate(countOf)) ?? 'no'
    await press(facet)
    await page.waitForFunction(() => location.search.includes('&colour='))
    await page.waitForFunction(saysCount, {}, count)

    await page.locator('#site-search').fill(product.name)
    await page.keyboard.press('Enter')
    await isAt(`/en/search?${new URLSearchParams({ q: product.name })}`)
    await press(`main article a[href$="${product.slug}"]`)
    await expect.poll(heading).toBe(product.name)
    await press('main form[data-bottom-bar] button')
    await press('main form[data-bottom-bar] a')
    await expect.poll(heading).toBe('Cart')
    await press('main a[href$="/checkout"]')
    await expect.poll(heading).toBe('Checkout')
    for (const [name, value] of Object.entries({
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      street: '12 St James’s Square',
      postcode: '10115',
      city: 'Berlin',
    }))
      await page.locator(`main [name="${name}"]`).fill(value)
    await page.select('main [name="country"]', 'DE')
    await press('main form button[type="submit"]')
    await expect.poll(heading).toBe('Thank you for your order')
    expect(complaints).toEqual([])
  } finally {
    await firefox.stop()
  }
})
