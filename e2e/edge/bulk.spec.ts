/**
 * A bulk edit of more prices than one request can name, and an edge in front: a visitor reads a product page of the fleet,
 * past the edge, then a list at the edge. The list shows nothing older than the page did.
 */
import { expect, test } from '@playwright/test'
import { z } from 'zod'
import { LISTED } from '../support/listed.ts'
import { shownPrice } from '../support/shownPrices.ts'
import { ask, startEdgeShop, type EdgeShop } from './edgeShop.ts'

const PRODUCTS = 3_000
const READERS = 4

interface Place {
  readonly list: string
  readonly id: number
  readonly page: string
}

/** First pages of categories with some of the products that each shows, under `upTo`. */
async function placesOf({ shop }: EdgeShop, upTo: number): Promise<Place[]> {
  const rows = await shop.database.sql(
    `SELECT '/en/categories/' || c.slug AS list, p.id, '/en/products/' || p.slug AS page
     FROM ${LISTED} JOIN categories c ON c.id = category_id JOIN products p ON p.id = product_id
     WHERE c.kind = 'category' AND place <= 24 AND p.id <= $1 ORDER BY place, list LIMIT 24`,
    [upTo],
  )
  return z.array(z.object({ list: z.string(), id: z.number(), page: z.string() })).parse(rows)
}

for (const kind of ['local', 'varnish'] as const) {
  test.describe(kind, () => {
    let edge: EdgeShop

    test.beforeAll(async () => {
      test.setTimeout(600_000) // Varnish may have to be installed
      edge = await startEdgeShop(kind, { products: PRODUCTS })
      await expect.poll(async () => (await ask(`${edge.url}/en`)).cache, { timeout: 30_000 }).toBe('HIT edge')
    })
    test.afterAll(() => edge.stop())

    const version = async (url: string, id: number) => shownPrice((await ask(url)).body, id).version ?? 0

    for (const count of [600, PRODUCTS]) {
      test(`shows no list older than a product page of the fleet while a bulk edit of ${count} prices is applied (${kind})`, async () => {
        test.setTimeout(120_000)
        const places = await placesOf(edge, count)
        const lists = [...new Set(places.map(({ list }) => list))]
        const before = new Map<Place, number>()
        for (const place of places) {
          await ask(edge.shop.url + place.page)
          before.set(place, await version(edge.url + place.list, place.id))
        }
        // Nothing is proved of a list that the edge does not keep.
        for (const list of lists)
          await expect.poll(async () => (await ask(edge.url + list)).cache, { timeout: 15_000 }).toBe('HIT edge')

        const ids = Array.from({ length: count }, (_, i) => i + 1)
        const older: string[] = []
        const waiting = [...places]
        const reader = async () => {
          for (let place = waiting.shift(); place; place = waiting.shift()) {
            const { list, id, page } = place
            const shown = await version(edge.shop.url + page, id)
            const after = await ask(edge.url + list)
            const listed = shownPrice(after.body, id).version ?? 0
            // A shop that is busy says so in place of a list.
            if (after.status === 200 && listed < shown)
              older.push(`price:${id} is ${shown} at ${page} and ${listed} at ${list}, ${after.cache}`)
            if (after.status !== 200 || shown === before.get(place)) waiting.push(place)
          }
        }
        await edge.editMany(ids)
        await Promise.all(Array.from({ length: READERS }, reader))
        expect(older).toEqual([])
        // And the edge keeps them again.
        for (const list of lists)
          await expect.poll(async () => (await ask(edge.url + list)).cache, { timeout: 15_000 }).toBe('HIT edge')
      })
    }
  })
}
