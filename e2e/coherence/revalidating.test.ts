import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { Checker } from './checker.ts'
import { ReadFailure } from './client.ts'
import type { Violation } from './history.ts'
import { Load } from './load.ts'
import { revalidate, revalidatingReaders } from './revalidating.ts'
import type { HotProduct } from './targets.ts'

const READERS = 2
const CHAIR = { kind: 'product', path: '/products/chair', segment: undefined, productId: 1 } as const
const NOWHERE = { home: [], category: [], 'category page': [], search: [], api: [], feed: [] }
const PRODUCT: HotProduct = {
  id: 1,
  productId: 1,
  version: 1,
  amountCents: 100,
  targets: { ...NOWHERE, product: [CHAIR] },
}

/** The page of a chair that costs a euro more with each version. */
async function shop(): Promise<{ url: string; state: { version: number; isLying: boolean } }> {
  const state = { version: 1, isLying: false }
  const server = createServer(({ headers: { 'if-none-match': known } }, answer) => {
    const etag = `"${state.version}"`
    if (known !== undefined && (known === etag || state.isLying)) answer.writeHead(304, { etag: known }).end()
    else {
      const attributes = `data-product-id="1" data-price-version="${state.version}" data-amount-cents="${state.version}00"`
      const body = `<span ${attributes}><span><span>Price</span>€${state.version}.00</span></span>`
      answer.writeHead(200, { etag }).end(body)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the shop has no port')
  return { url: `http://127.0.0.1:${address.port}`, state }
}

test('a 304 is a read of each price in the page that its reader holds, and a violation when that is outdated', async () => {
  const { url, state } = await shop()
  const checker = new Checker()
  const all = { origins: [url], products: [PRODUCT], locales: ['en'], checker }
  const load = new Load({ ...all, clients: 0, reads: 0 })
  /** Both readers hold this version, and were told that it has not changed. */
  const confirmed = (version: number) =>
    new Promise<void>((resolve) => {
      const readers = new Set<string>()
      load.watch(({ client, answer }) => {
        if (answer instanceof ReadFailure || answer.status !== 304) return
        if (answer.reading.shown[0]?.version === version) readers.add(client)
        if (readers.size === READERS) resolve()
      })
    })
  const edit = (version: number) => {
    state.version = version
    checker.live({ productId: 1, version, at: performance.now() })
  }
  const readers = revalidate(revalidatingReaders({ edge: 0, web: READERS }, all), (read) => load.ended(read))
  await confirmed(1)
  edit(2)
  await confirmed(2)
  expect(checker.violations).toEqual([])

  state.isLying = true
  const found = new Promise<Violation>((resolve) => checker.watch(resolve))
  edit(3)
  expect(await found).toMatchObject({
    invariant: 'stale',
    productId: 1,
    read: { instance: url, client: expect.stringMatching(/^revalidating reader [12]$/) },
    shown: { version: 2, amountCents: 200 },
    against: expect.stringMatching(/^version 3 was live at/),
  })
  readers.stop()
  await readers.done

  const { reads, prices } = checker.finish(
    [1, 2].map((version) => ({ productId: 1, version, amountCents: version * 100 })),
  )
  const { byAnswer } = load.counts
  const [full, same] = [byAnswer['page, 200'], byAnswer['page, 304']]
  expect(full?.reads).toBeGreaterThanOrEqual(4) // each reader, versions 1 and 2
  const sum = (full?.reads ?? 0) + (same?.reads ?? 0)
  expect([reads, prices]).toEqual([sum, sum])
})
