import { afterAll, beforeAll, expect, test } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { permissionsOf } from '#lib/access/permissions.ts'
import { shellPrincipal } from '#lib/access/principal.ts'
import { currentRecommendations } from '#lib/catalog/recommendations.ts'
import { sitemapProducts } from '#lib/catalog/sitemap/sitemap.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { renameProduct, SlugTakenError } from './renameProduct.ts'
import { type PriceStores, priceStores } from './testing/priceStores.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores()
})
afterAll(() => stores.close())

const editor = shellPrincipal('ana')
const rename = (productId: number, slug: string) => renameProduct({ productId, slug, reason: 'A better name' }, editor)
const product = (id: number) => stores.database.db.product.findUniqueOrThrow({ where: { id } })
const indexed = async (id: number) => parseTagState(await stores.redis.direct.get(keys.tag(`product:${id}`))).version

test('is acknowledged when the index has the version of the product, and that of the one to which the slug led', async () => {
  const { slug: before } = await product(1)
  expect(await rename(1, 'renamed')).toMatchObject({ state: 'live', changed: true, slug: 'renamed' })
  expect(await rename(2, before)).toMatchObject({ state: 'live', version: Number((await product(2)).version) })
  for (const id of [1, 2]) expect(await indexed(id)).toBe(Number((await product(id)).version))
  expect(await stores.database.db.auditEntry.findFirst({ where: { target: 'product:1' } })).toMatchObject({
    actor: 'shell ana',
    action: 'product.slug',
    reason: 'A better name',
    detail: { from: before, to: 'renamed' },
  })
})

test('recommendations and sitemap have the new slug at once, and the feed that is kept for ever another address', async () => {
  const before = await currentRecommendations()
  const [{ id, slug } = { id: 0, slug: '' }] = before.products
  await rename(id, 'best-of-all')
  const after = await currentRecommendations()
  expect(after.products[0]).toMatchObject({ id, slug: 'best-of-all' })
  expect(after.generation).not.toBe(before.generation)
  const listed = (await sitemapProducts(1)).map((place) => place.slug)
  expect(listed).toContain('best-of-all')
  expect(listed).not.toContain(slug)
})

test('the slug of another product is refused and changes nothing; its own is no change', async () => {
  const [three, four] = [await product(3), await product(4)]
  await expect(rename(3, four.slug)).rejects.toThrow(SlugTakenError)
  await expect(rename(3, four.slug)).rejects.toThrow(`Another product has the slug "${four.slug}"`)
  expect(await product(3)).toEqual(three)
  expect(await rename(3, three.slug)).toMatchObject({ changed: false, version: Number(three.version) })
  expect(await rename(2_000_000_000, 'unused')).toBeUndefined()
})

test('a viewer is refused', async () => {
  const viewer = { ...editor, role: 'viewer' as const, permissions: permissionsOf('viewer') }
  const asked = renameProduct({ productId: 3, slug: 'not-mine', reason: 'No' }, viewer)
  await expect(asked).rejects.toBeInstanceOf(MissingPermissionError)
})
