import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { permissionsOf } from '#lib/access/permissions.ts'
import { shellPrincipal } from '#lib/access/principal.ts'
import { currentRecommendations } from '#lib/catalog/recommendations.ts'
import { sitemapParts, sitemapProducts } from '#lib/catalog/sitemap/sitemap.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { changeStatus } from './changeStatus.ts'
import { type PriceStores, priceStores } from './testing/priceStores.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores()
})
afterEach(() => stores.redis.proxy.heal())
afterAll(() => stores.close())

const editor = shellPrincipal('ana')
const set = (productId: number, status: 'active' | 'discontinued') =>
  changeStatus({ productId, status, reason: 'No longer made' }, editor)

async function indexed(tag: string): Promise<number> {
  return parseTagState(await stores.redis.direct.get(keys.tag(tag))).version
}

describe('a product that is discontinued', () => {
  test('is acknowledged when the index has its version and that of each list that it was in', async () => {
    const outcome = await set(1, 'discontinued')
    const product = await stores.database.db.product.findUniqueOrThrow({
      where: { id: 1 },
      include: { categories: { include: { category: true } } },
    })
    expect(product.status).toBe('discontinued')
    expect(outcome).toMatchObject({ state: 'live', changed: true, version: Number(product.version) })
    expect(await indexed('product:1')).toBe(Number(product.version))
    expect(product.categories.length).toBeGreaterThan(1)
    for (const { category } of product.categories)
      expect(await indexed(`category:${category.id}`)).toBe(Number(category.version))
    expect(await stores.database.db.auditEntry.findFirst({ where: { target: 'product:1' } })).toMatchObject({
      actor: 'shell ana',
      action: 'product.status',
      reason: 'No longer made',
      detail: { from: 'active', to: 'discontinued' },
    })
    await set(1, 'active')
  })

  test('leaves the recommendations and the sitemap at once, which says so by its generation and its validator', async () => {
    const before = await currentRecommendations()
    const [{ id, slug } = { id: 0, slug: '' }] = before.products
    await set(id, 'discontinued')
    const without = await currentRecommendations()
    expect(without.products.map((product) => product.id)).not.toContain(id)
    expect(without.generation).not.toBe(before.generation)
    expect((await sitemapProducts(1)).map((place) => place.slug)).not.toContain(slug)

    await set(id, 'active')
    expect(await currentRecommendations()).toMatchObject({ generation: before.generation, products: before.products })
    const back = (await sitemapProducts(1)).find((place) => place.slug === slug)
    const [part] = await sitemapParts()
    expect(back?.changedAt).toBe(part?.changedAt)
  })

  test('is written once: setting the status that it has changes nothing', async () => {
    await set(2, 'discontinued')
    const { version } = await stores.database.db.product.findUniqueOrThrow({ where: { id: 2 } })
    expect(await set(2, 'discontinued')).toMatchObject({ changed: false, version: Number(version), state: 'live' })
    expect((await stores.database.db.product.findUniqueOrThrow({ where: { id: 2 } })).version).toBe(version)
  })
})

test('refuses a viewer who discontinues a product', async () => {
  const viewer = { ...editor, role: 'viewer' as const, permissions: permissionsOf('viewer') }
  await expect(changeStatus({ productId: 3, status: 'discontinued', reason: 'No' }, viewer)).rejects.toBeInstanceOf(
    MissingPermissionError,
  )
  expect((await stores.database.db.product.findUniqueOrThrow({ where: { id: 3 } })).status).toBe('active')
})

test('there is no answer for a product that does not exist', async () => {
  expect(await set(999_999, 'discontinued')).toBeUndefined()
})

test('while Redis cannot be reached the change is saved, and on its way', async () => {
  await stores.redis.proxy.cut()
  expect(await set(4, 'discontinued')).toMatchObject({ state: 'propagating', changed: true })
  expect((await stores.database.db.product.findUniqueOrThrow({ where: { id: 4 } })).status).toBe('discontinued')
  await stores.redis.proxy.heal()
})
