import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { edgeReads, readThroughEdge } from './readBack.ts'

/** More than a statement has parameters. */
const MANY = 40_000
/** Prices of one delivery: as many as are read of it. */
const IN_ONE = 8
const PRODUCTS = 2 * IN_ONE
const DELIVERIES = 10
/** Reads: at once after a rest, and a second. */
const RATE = 16

let database: SeededDatabase
let server: Server | undefined

beforeAll(async () => {
  database = await seededDatabase(PRODUCTS)
})
afterEach(() => {
  server?.close()
  server?.closeAllConnections()
  server = undefined
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await database.drop()
})

const edgeAt = (url: string) => ({ name: 'none', url, immediate: true, publish: async () => {}, purge: async () => {} })

it('looks for the pages of 40,000 products in one statement', async () => {
  const unknown = Array.from({ length: MANY }, (_, i) => ({ kind: 'price', id: 1_000_000 + i, version: 2 }))
  const read = await readThroughEdge(database.db, edgeAt('http://127.0.0.1:9'), unknown, edgeReads(), [])
  expect(read).toEqual({ read: 0, behind: [] })
})

/** @returns an edge that shows version 2 of each product, and the paths that it was asked for */
async function shownByEdge() {
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:9' })
  const products = await database.db.product.findMany({ where: { status: 'active' }, select: { id: true, slug: true } })
  const asked: string[] = []
  server = createServer(({ url = '' }, response) => {
    asked.push(url)
    const id = products.find(({ slug }) => url === `/en/products/${slug}`)?.id
    response.end(`<meta name="price-version" content="${id}@2" />`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const edge = edgeAt(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`)
  return { edge, asked, products, prices: products.map(({ id }) => ({ kind: 'price', id, version: 2 })) }
}

it('reads so many pages a second through the edge, and one of each delivery at least', async () => {
  const { edge, asked, prices } = await shownByEdge()
  const [reads, start] = [edgeReads(), performance.now()]
  const read: number[] = []
  for (let i = 0; i < DELIVERIES; i++)
    read.push((await readThroughEdge(database.db, edge, prices.slice(0, IN_ONE), reads, [])).read)
  const seconds = (performance.now() - start) / 1_000
  expect(read.slice(0, 2)).toEqual([IN_ONE, IN_ONE])
  expect(Math.min(...read)).toBeGreaterThanOrEqual(1)
  expect(asked).toHaveLength(read.reduce((sum, one) => sum + one))
  expect(asked.length).toBeLessThanOrEqual(RATE + 1 + seconds * RATE)
})

it('reads through the edge of many changes only pages that an instance keeps', async () => {
  const { edge, asked, prices, products } = await shownByEdge()
  const kept = `/en/products/${products.at(-1)?.slug}`
  const read = await readThroughEdge(database.db, edge, prices, edgeReads(), ['/en', kept, '/en/products/of-another'])
  expect(read).toEqual({ read: 1, behind: [] })
  expect(asked).toEqual([kept])
})
