import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { db } from '#lib/platform/db.ts'
import { priceStores, type PriceStores } from '#lib/pricing/testing/priceStores.ts'
import { person } from '#lib/pricing/testing/principals.ts'
import { dataSetOf } from '#lib/coherence/protocol/epoch.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { noteMadeFrom } from '#lib/coherence/store/madeFrom.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { versionIndex } from '#lib/catalog/coherence.ts'
import { webParts } from '#lib/web/parts.ts'
import { purge } from './purge.ts'
import { purgeScope, type PurgeScope } from './scope.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores()
})
afterAll(() => stores.close())

const admin = person('admin')
const indexed = async (name: string) => parseTagState(await stores.redis.direct.get(keys.tag(name))).version
const versions = async () => ({
  product: Number((await db().product.findUniqueOrThrow({ where: { id: 5 } })).version),
  category: Number((await db().category.findUniqueOrThrow({ where: { id: 2 } })).version),
  catalog: Number((await db().catalogState.findUniqueOrThrow({ where: { id: 1 } })).version),
})

describe('a purge', () => {
  test.each([
    ['product', { kind: 'product', id: 5 }, 'product:5', 'product:5'],
    ['category', { kind: 'category', id: 2 }, 'category:2', 'category:2'],
    ['catalog', { kind: 'everything' }, 'catalog', 'catalog:1'],
  ] as const)(
    'of a %s is one new version of it alone, in the index before the answer, with an outbox row and an entry in the log',
    async (name, scope, target, tag) => {
      const before = await versions()
      const outcome = await purge(webParts(), scope, 'The picture is old', admin)
      expect(outcome).toMatchObject({ state: 'live', target })
      expect(await versions()).toEqual({ ...before, [name]: before[name] + 1 })
      expect(await indexed(tag)).toBe(before[name] + 1)
      const correlationId = outcome?.correlationId ?? ''
      expect(await db().outbox.findMany({ where: { correlationId }, select: { topic: true } })).toEqual([
        { topic: name },
      ])
      expect(await db().auditEntry.findMany({ where: { correlationId } })).toMatchObject([
        { action: 'freshness.purge', target, reason: 'The picture is old', actor: admin.actor },
      ])
    },
  )

  test('of a product takes out of Redis what was made from it', async () => {
    const { redis } = stores
    const [own, other] = [keys.page('b', '/en/own'), keys.page('b', '/en/other')]
    await redis.direct.mset({ [own]: '1', [other]: '1' })
    const { product } = await versions()
    await noteMadeFrom(redis.direct, own, [['product:5', product]])
    await noteMadeFrom(redis.direct, other, [['product:6', 1]])
    expect(await purge(webParts(), { kind: 'product', id: 5 }, 'A wrong body', admin)).toMatchObject({ removed: 1 })
    expect(await redis.direct.exists(own, other)).toBe(1)
  })

  test('of everything leaves no body in Redis, and the index as it is', async () => {
    await stores.redis.direct.mset({ [keys.page('b', '/en')]: '1', [keys.data('b', 'x')]: '1' })
    await noteMadeFrom(stores.redis.direct, keys.page('b', '/en'), [['product:7', 1]])
    const tags = (await stores.redis.direct.keys(`${keys.tagPrefix}*`)).length
    expect(
      (await purge(webParts(), { kind: 'everything' }, 'A restored backup', admin))?.removed,
    ).toBeGreaterThanOrEqual(3)
    for (const prefix of [...keys.bodyPrefixes, keys.madeFromPrefix])
      expect(await stores.redis.direct.keys(`${prefix}*`)).toEqual([])
    expect((await stores.redis.direct.keys(`${keys.tagPrefix}*`)).length).toBeGreaterThanOrEqual(tags)
  })

  test('of everything begins a new generation of the same data set, and one of a product does not', async () => {
    const epoch = async () => (await versionIndex().read([])).epoch ?? ''
    const before = await epoch()
    await purge(webParts(), { kind: 'product', id: 5 }, 'The picture is old', admin)
    expect(await epoch()).toBe(before)
    await purge(webParts(), { kind: 'everything' }, 'A restored backup', admin)
    const after = await epoch()
    expect(after).not.toBe(before)
    expect(dataSetOf(after)).toBe(dataSetOf(before))
  })

  test('while Redis cannot be reached is committed, and says that it is on its way', async () => {
    await stores.redis.proxy.cut()
    try {
      const outcome = await purge(webParts(), { kind: 'product', id: 5 }, 'Redis is away', admin)
      expect(outcome).toMatchObject({ state: 'propagating', removed: 0 })
      expect(await db().outbox.count({ where: { correlationId: outcome?.correlationId ?? '', doneAt: null } })).toBe(1)
    } finally {
      await stores.redis.proxy.heal()
    }
  })

  test('of what does not exist changes nothing and is no entry', async () => {
    const before = await db().auditEntry.count()
    expect(await purge(webParts(), { kind: 'product', id: 999_999 }, 'A typo', admin)).toBeUndefined()
    expect(await db().auditEntry.count()).toBe(before)
  })

  test.each(['viewer', 'editor'] as const)('is nothing that a %s may do', async (role) => {
    const before = await versions()
    for (const scope of [
      { kind: 'product', id: 5 },
      { kind: 'everything' },
      { kind: 'locale', locale: 'de' },
    ] satisfies PurgeScope[]) {
      await expect(purge(webParts(), scope, 'Because', person(role))).rejects.toBeInstanceOf(MissingPermissionError)
    }
    expect(await versions()).toEqual(before)
  })
})

test.each([
  { kind: 'product' },
  { kind: 'product', id: 0 },
  { kind: 'locale', locale: 'deutsch' },
  { kind: 'all' },
  { kind: 'everything', id: 1 },
])('%j is no scope', (given) => {
  expect(purgeScope.safeParse(given).success).toBe(false)
})
