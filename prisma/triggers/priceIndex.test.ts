import { afterAll, beforeAll, expect, test } from 'vitest'
import { triggerFixture, type TriggerFixture } from './fixture.ts'

let shop: TriggerFixture
beforeAll(async () => {
  shop = await triggerFixture()
})
afterAll(() => shop.drop())

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second))
const stored = () => shop.query('SELECT product_id AS id, version::int, version_updated_at AS at FROM price_index')
const apply = (version: number, second: number) =>
  shop.query(
    `INSERT INTO price_index (product_id, version, version_updated_at) VALUES (1, $1, $2)
   ON CONFLICT (product_id) DO UPDATE SET version = EXCLUDED.version, version_updated_at = EXCLUDED.version_updated_at`,
    [version, at(second)],
  )

test('never moves the applied version backwards when jobs come out of order', async () => {
  await apply(5, 5)
  await apply(3, 3)
  expect(await stored()).toEqual([{ id: 1, version: 5, at: at(5) }])
  await apply(6, 6)
  await Promise.all([9, 7, 10, 8].map((version) => apply(version, version)))
  await shop.query('UPDATE price_index SET version = 1')
  expect(await stored()).toEqual([{ id: 1, version: 10, at: at(10) }])
})
