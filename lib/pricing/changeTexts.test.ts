import { afterAll, beforeAll, expect, test } from 'vitest'
import { MissingPermissionError } from '#lib/access/errors.ts'
import { permissionsOf } from '#lib/access/permissions.ts'
import { shellPrincipal } from '#lib/access/principal.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { changeTexts, readTexts, type Texts } from './changeTexts.ts'
import { type PriceStores, priceStores } from './testing/priceStores.ts'

let stores: PriceStores
beforeAll(async () => {
  stores = await priceStores()
})
afterAll(() => stores.close())

const editor = shellPrincipal('ana')
const change = (productId: number, texts: readonly Texts[]) =>
  changeTexts({ productId, texts, reason: 'Better words' }, editor)
const inGerman = (texts: readonly Texts[], part: Partial<Texts>) =>
  texts.map((one) => (one.locale === 'de' ? { ...one, ...part } : one))

test('is acknowledged when the index has the version that the new texts gave the product; the log has both', async () => {
  const before = (await readTexts(1)) ?? []
  expect(before.map(({ locale }) => locale)).toEqual(['en', 'de', 'fr', 'es', 'pt', 'ja', 'ko'])
  const german = before.find(({ locale }) => locale === 'de')
  expect(await change(1, inGerman(before, { name: 'Hocker' }))).toEqual({ state: 'live', changed: true, version: 2 })
  const row = await stores.database.db.product.findUniqueOrThrow({ where: { id: 1 } })
  expect(row.names).toMatchObject({ de: 'Hocker' })
  expect(parseTagState(await stores.redis.direct.get(keys.tag('product:1'))).version).toBe(Number(row.version))
  expect(await stores.database.db.auditEntry.findFirst({ where: { target: 'product:1' } })).toMatchObject({
    action: 'product.texts',
    reason: 'Better words',
    detail: {
      changes: [
        {
          locale: 'de',
          from: { name: german?.name, description: german?.description },
          to: { name: 'Hocker', description: german?.description },
        },
      ],
    },
  })
})

test('a language whose texts are emptied has none, and the same texts again write nothing', async () => {
  const emptied = inGerman((await readTexts(2)) ?? [], { name: '', description: '' })
  expect(await change(2, emptied)).toMatchObject({ changed: true })
  const row = await stores.database.db.product.findUniqueOrThrow({ where: { id: 2 } })
  expect(Object.keys(Object(row.names))).toEqual(expect.not.arrayContaining(['de', 'en']))
  expect(await change(2, emptied)).toMatchObject({ changed: false })
  expect(await stores.database.db.product.findUniqueOrThrow({ where: { id: 2 } })).toEqual(row)
  expect(await change(2_000_000_000, emptied)).toBeUndefined()
})

test('a viewer is refused', async () => {
  const viewer = { ...editor, role: 'viewer' as const, permissions: permissionsOf('viewer') }
  const asked = changeTexts({ productId: 3, texts: [], reason: 'No' }, viewer)
  await expect(asked).rejects.toBeInstanceOf(MissingPermissionError)
})
