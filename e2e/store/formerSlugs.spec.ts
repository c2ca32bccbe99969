/** Addresses that lead on: of renamed products and categories, and of the first page by its number. */
import type { APIRequestContext } from '@playwright/test'
import { z } from 'zod'
import { signIn } from '../support/accounts.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { expect, test } from '../support/test.ts'

/** Reads the answer itself, and not the one it leads to. */
async function answerAt(request: APIRequestContext, path: string, headers: Record<string, string> = {}) {
  const response = await request.get(path, { maxRedirects: 0, headers })
  const { location, 'cache-control': cacheControl, 'cache-tag': cacheTag } = response.headers()
  return { status: response.status(), location, cacheControl, cacheTag }
}

async function rename(request: APIRequestContext, id: number, slug: string): Promise<number> {
  const response = await request.put(`/api/admin/products/${id}/slug`, { data: { slug, reason: 'Test of addresses' } })
  const outcome = z.object({ state: z.literal('live'), version: z.number() }).parse(await response.json())
  return outcome.version
}

test('a renamed product leads to its address of today from the first request after the answer, in one step and every language', async ({
  page,
  request,
  database,
}) => {
  await signIn(page.request)
  const { productId, slug } = await database.plainProduct(21)
  try {
    for (const locale of LOCALES)
      expect((await answerAt(request, `/${locale}/products/${slug}`)).status, locale).toBe(200)
    await rename(page.request, productId, `${slug}-second`)
    for (const locale of LOCALES)
      expect(await answerAt(request, `/${locale}/products/${slug}?from=mail&n=1`), locale).toMatchObject({
        status: 301,
        location: `/${locale}/products/${slug}-second?from=mail&n=1`,
      })
    const version = await rename(page.request, productId, `${slug}-third`)
    for (const former of [slug, `${slug}-second`])
      expect(await answerAt(request, `/en/products/${former}`)).toEqual({
        status: 301,
        location: `/en/products/${slug}-third`,
        // A browser that took it for permanent would not see the slug's next product.
        cacheControl: 'no-cache, must-revalidate',
        cacheTag: `product:${productId},product:${productId}@${version}`,
      })
    await page.goto(`/de/products/${slug}`)
    await expect(page).toHaveURL(`/de/products/${slug}-third`)
    await expect(page.locator('head link[rel="canonical"]')).toHaveAttribute('href', new RegExp(`${slug}-third$`))
  } finally {
    await rename(page.request, productId, slug)
  }
  expect((await answerAt(request, `/en/products/${slug}`)).status).toBe(200)
  expect(await answerAt(request, `/en/products/${slug}-third`)).toMatchObject({ location: `/en/products/${slug}` })
})

test('a slug that another product takes shows that one, and leads on when it gives the slug back', async ({
  page,
  request,
  database,
}) => {
  await signIn(page.request)
  const [one, two] = [await database.plainProduct(22), await database.plainProduct(23)]
  try {
    await rename(page.request, one.productId, `${one.slug}-moved`)
    expect((await answerAt(request, `/en/products/${one.slug}`)).status).toBe(301)
    await rename(page.request, two.productId, one.slug)
    await page.goto(`/en/products/${one.slug}`)
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(two.name)
    await rename(page.request, two.productId, two.slug)
    expect(await answerAt(request, `/en/products/${one.slug}`)).toMatchObject({ location: `/en/products/${two.slug}` })
  } finally {
    await rename(page.request, two.productId, two.slug)
    await rename(page.request, one.productId, one.slug)
  }
})

test('a link to a former slug in an open tab arrives at the page of today', async ({ page, database }) => {
  await signIn(page.request)
  await page.goto('/en/categories/furniture')
  const link = page.getByRole('article').nth(5).getByRole('link')
  const slug = (await link.getAttribute('href'))?.split('/').at(-1) ?? ''
  const [row] = await database.sql('SELECT id FROM products WHERE slug = $1', [slug])
  const { id } = z.object({ id: z.number() }).parse(row)
  try {
    await rename(page.request, id, `${slug}-today`)
    await link.click()
    await expect(page).toHaveURL(`/en/products/${slug}-today`)
    await expect(page.getByRole('button', { name: 'Add to cart' })).toBeVisible()
  } finally {
    await rename(page.request, id, slug)
  }
})

test('a category that is renamed past the application leads on, with each of its pages', async ({
  request,
  database,
}) => {
  const set = (from: string, to: string) => database.sql('UPDATE categories SET slug = $2 WHERE slug = $1', [from, to])
  const at = (path: string) => answerAt(request, path)
  expect((await at('/fr/categories/furniture/2')).status).toBe(200)
  await set('furniture', 'living')
  try {
    await expect
      .poll(() => at('/fr/categories/furniture/2?a=b'))
      .toMatchObject({
        status: 301,
        location: '/fr/categories/living/2?a=b',
      })
    await expect.poll(() => at('/fr/categories/furniture')).toMatchObject({ location: '/fr/categories/living' })
    expect(await at('/fr/categories/furniture/1')).toMatchObject({ location: '/fr/categories/living' })
    expect((await at('/fr/categories/living')).status).toBe(200)
    expect((await at('/fr/categories/furniture/99')).status).toBe(404)
    // A search of that category too; a browser that took it for permanent would not see the slug's next one.
    expect(await at('/fr/search?q=lampe&category=furniture')).toMatchObject({
      status: 307,
      location: '/fr/search?q=lampe&category=living',
    })
  } finally {
    await set('living', 'furniture')
  }
  await expect.poll(async () => (await at('/fr/categories/furniture')).status).toBe(200)
})

test('the number of the first page leads to the address without it, once the category exists', async ({ request }) => {
  expect(await answerAt(request, '/ko/categories/furniture/1?utm_source=x')).toMatchObject({
    status: 301,
    location: '/ko/categories/furniture?utm_source=x',
    cacheControl: 'no-cache, must-revalidate',
  })
  for (const path of ['/en/categories/no-such-category/1', '/en/categories/furniture/01'])
    expect((await answerAt(request, path)).status, path).toBe(404)
})

test('a slug that cannot be, or that another product has, is refused with the name of the field', async ({
  page,
  database,
}) => {
  await signIn(page.request)
  const [one, two] = [await database.plainProduct(22), await database.plainProduct(23)]
  const put = (data: object) => page.request.put(`/api/admin/products/${one.productId}/slug`, { data })
  for (const slug of ['Oak Chair', 'oak--chair', '', 'a/b', 'x'.repeat(201)]) {
    const response = await put({ slug, reason: 'A reason' })
    expect(response.status(), slug).toBe(400)
    expect(await response.json()).toMatchObject({ error: { field: 'slug' } })
  }
  const taken = await put({ slug: two.slug, reason: 'A reason' })
  expect(taken.status()).toBe(409)
  expect(await taken.json()).toMatchObject({ error: { code: 'slug_taken', field: 'slug' } })
  expect((await database.price(one.productId)).slug).toBe(one.slug)
})
