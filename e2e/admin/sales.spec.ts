import { z } from 'zod'
import { signIn } from '../support/accounts.ts'
import { Api, createToken } from '../support/api.ts'
import { fetchShownPrice } from '../support/shownPrices.ts'
import { expect, test } from '../support/test.ts'

/** A product that no other file of tests takes. */
const OFFSET = 95
const DAY = 86_400_000
const scheduled = z.object({
  id: z.string(),
  bulkEditId: z.string(),
  overlaps: z.array(z.object({ shows: z.string() })),
})
const listed = z.object({ schedules: z.array(z.object({ id: z.string(), warning: z.string().nullable() })) })

test('shows of two overlapping sales the one that the plan names, and the base price after both', async ({
  page,
  playwright,
  baseURL,
  request,
  database,
}) => {
  const context = await playwright.request.newContext({ baseURL })
  const api = new Api(context, (await createToken(context, 'admin')).token)
  const product = await database.plainProduct(OFFSET)
  const at = (ms: number) => new Date(Date.now() + ms).toISOString().slice(0, 19)
  const plan = async (percent: string, startsIn: number) => {
    const preview = await api.preview([product.sku], percent)
    const made = await api.send('POST', `/bulk-edits/${preview.id}/schedule`, {
      startsAt: at(startsIn),
      endsAt: at(DAY),
      timeZone: 'UTC',
      confirmations: preview.summary.confirmations.map(({ phrase }) => phrase),
    })
    expect(made.status(), await made.text()).toBe(201)
    return scheduled.parse(await made.json())
  }
  const shown = async () => (await fetchShownPrice(request, `/en/products/${product.slug}`, product.productId)).elements
  // Halves to the even neighbour.
  const part = (percent: number) => {
    const [whole, rest] = [Math.floor((product.amountCents * percent) / 100), (product.amountCents * percent) % 100]
    return rest > 50 || (rest === 50 && whole % 2 === 1) ? whole + 1 : whole
  }
  const showsAmount = (cents: number) =>
    expect.poll(shown, { timeout: 20_000 }).toEqual([expect.stringMatching(new RegExp(`:${cents}$`))])

  const outer = await plan('-10', 2_000)
  await showsAmount(part(90))
  await signIn(page.request)
  const unplanned = await api.preview([product.sku], '-20')
  await page.goto(`/admin/bulk/${unplanned.id}`)
  await page.getByRole('button', { name: 'Schedule…' }).click()
  await page.getByLabel('Time zone').fill('UTC')
  await page.getByLabel('Start').fill(at(60_000).slice(0, 16))
  await page.getByLabel(/^End/).fill(at(DAY / 2).slice(0, 16))
  await expect(page.getByText(/^Overlaps with .* on 1 price, .*: the shop shows this sale\.$/)).toBeVisible()
  await page.getByLabel('Priority').fill('-1')
  await expect(page.getByText(/: the shop shows the other sale\.$/)).toBeVisible()
  expect((await api.read(unplanned.id)).state, 'said before it is approved').toBe('previewed')
  const inner = await plan('-20', 2_500)
  expect(inner.overlaps).toEqual([{ shows: 'this' }])
  await showsAmount(part(80))

  await page.goto('/admin/schedules')
  await expect(page.getByText('the shop shows this sale')).toBeVisible()
  await expect(page.getByText('the shop shows the other sale')).toBeVisible()
  const setBase = (cents: number) =>
    database.sql('UPDATE prices SET base_amount_cents = $2 WHERE product_id = $1', [product.productId, cents])
  await setBase(part(70))
  const linked = ({ bulkEditId }: { bulkEditId: string }) => page.locator(`a[href="/admin/bulk/${bulkEditId}"]`)
  const warning = '1 price of this sale is not below the base price.'
  await page.getByRole('link', { name: 'Needs attention' }).click()
  for (const sale of [outer, inner])
    await expect(
      page
        .getByRole('row')
        .filter({ has: linked(sale) })
        .first(),
    ).toContainText(warning)
  const inTrouble = async () =>
    listed.parse(await (await api.send('GET', '/schedules?attention=true')).json()).schedules
  expect(await inTrouble()).toEqual(
    expect.arrayContaining([outer, inner].map(({ id }) => ({ id, warning: expect.stringContaining(warning) }))),
  )
  await page.goto('/admin')
  await expect(page.locator('.notice').filter({ has: linked(inner) })).toContainText(warning)
  await page.getByRole('link', { name: 'Schedules that need attention' }).click()
  await expect(page.getByRole('link', { name: 'Needs attention' })).toHaveAttribute('aria-current', 'page')
  await setBase(product.amountCents)
  const left = (await inTrouble()).map(({ id }) => id)
  expect(
    [outer.id, inner.id].filter((id) => left.includes(id)),
    'all is well with them again',
  ).toEqual([])
  await page.goto(`/admin/products/${product.productId}`)
  await expect(page.getByTestId('current-price')).toHaveAttribute('data-amount-cents', String(part(80)))
  await expect(page.getByTestId('base-price')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Change the base price' })).toBeVisible()

  await api.send('DELETE', `/schedules/${outer.id}`)
  await expect
    .poll(async () => (await (await api.send('GET', `/schedules/${outer.id}`)).json()).state, { timeout: 20_000 })
    .toBe('done')
  await showsAmount(part(80))
  await page.goto(`/admin/bulk/${inner.bulkEditId}`)
  await page.getByRole('button', { name: 'End it now' }).click()
  await showsAmount(product.amountCents)
  await context.dispose()
})
