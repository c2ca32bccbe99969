import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { edgeReads, readThroughEdge } from './readBack.ts'

/** More than a statement has parameters. */
const MANY = 40_000
/** Prices of one delivery: as many as are read of it. */
const IN_ONE = 8
const DELIVERIES = 10
/** Reads: at once after a rest, and a second. */
const RATE = 16

let database: SeededDatabase

beforeAll(async () => {
  database = await seededDatabase(IN_ONE)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await database.drop()
})

const edgeAt = (url: string) => ({ name: 'none', url, immediate: true, publish: async () => {}, purge: async () => {} })

it('looks for the pages of 40,000 products in one statement', async () => {
  const unknown = Array.from({ length: MANY }, (_, i) => ({ kind: 'price', id: 1_000_000 + i, version: 2 }))
  const read = await readThroughEdge(database.db, edgeAt('http://127.0.0.1:9'), unknown, edgeReads())
  expect(read).toEqual({ read: 0, behind: [] })
})

it('reads so many pages a second through the edge, and one of each delivery at least', async () => {
  stubEnvironment({ databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:9' })
  const products = await database.db.product.findMany({ where: { status: 'active' }, select: { id: true, slug: true } })
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    const id = products.find(({ slug }) => request.url === `/en/products/${slug}`)?.id
    response.end(`<meta name="price-version" content="${id}@2" />`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const edge = edgeAt(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`)
  const prices = products.map(({ id }) => ({ kind: 'price', id, version: 2 }))
  const [reads, start] = [edgeReads(), performance.now()]
  const read: number[] = []
  for (let i = 0; i < DELIVERIES; i++) read.push((await readThroughEdge(database.db, edge, prices, reads)).read)
  const seconds = (performance.now() - start) / 1_000
  server.close()
  server.closeAllConnections()
  expect(read.slice(0, 2)).toEqual([IN_ONE, IN_ONE])
  expect(Math.min(...read)).toBeGreaterThanOrEqual(1)
  expect(asked).toBe(read.reduce((sum, one) => sum + one))
  expect(asked).toBeLessThanOrEqual(RATE + 1 + seconds * RATE)
})
