import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { faultProxy, type FaultProxy } from '#lib/coherence/testing/faultProxy.ts'
import { changePrices } from './changePrices.ts'
import { ANA } from './testing/changeMeant.ts'
import { PriceStoreUnavailableError } from './errors.ts'

let closed: FaultProxy
beforeAll(async () => {
  closed = await faultProxy({ host: '127.0.0.1', port: 1 })
  await closed.cut()
})
afterAll(() => db().$disconnect())

test('while Postgres cannot be reached, an edit is refused with an error that says so', async () => {
  stubEnvironment({
    databaseUrl: `postgresql://shop:shop@127.0.0.1:${closed.port}/shop`,
    redisUrl: `redis://127.0.0.1:${closed.port}`,
  })
  const edit = changePrices(ANA, {
    changes: [{ productId: 1, amountMinor: 100 }],
    reason: 'Correction',
    source: 'editor',
  })
  await expect(edit).rejects.toBeInstanceOf(PriceStoreUnavailableError)
})
