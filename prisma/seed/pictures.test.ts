import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptyCatalog, type EmptyCatalog } from './testing/seeded.ts'

const SIZE = 60

let shop: EmptyCatalog
beforeAll(async () => {
  shop = await emptyCatalog()
  await shop.seed(SIZE)
})
afterAll(() => shop.drop())

const images = () => shop.query('SELECT id, image, version::int FROM products ORDER BY id')

test('a release that draws differently gives the products their new addresses, as a change with a version', async () => {
  const before = await images()
  await shop.query(`UPDATE products SET image = regexp_replace(image, '[0-9a-f]{12}\\.svg$', '000000000000.svg')`)
  await shop.query(`UPDATE products SET image = 'https://cdn.example/own.jpg' WHERE id = $1`, [before[1]?.['id']])
  expect(await shop.seed(SIZE)).toEqual({ added: 0, picturesRefreshed: SIZE - 1, translationsAdded: 0 })
  const after = await images()
  expect(after.map((row) => row['image'])).toEqual(
    before.map((row, i) => (i === 1 ? 'https://cdn.example/own.jpg' : row['image'])),
  )
  expect(after[0]?.['version']).toBe(before[0]?.['version'] + 2)
  expect(await shop.seed(SIZE)).toEqual({ added: 0, picturesRefreshed: 0, translationsAdded: 0 })
})
