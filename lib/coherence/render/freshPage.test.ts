import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { testCoherence } from '#lib/catalog/testing/coherence.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { pageCacheHandler } from '../next/pageCacheHandler.ts'
import { FreshPages } from './freshPage.ts'
import { Publisher } from '../index/publisher.ts'
import { VersionIndex } from '../index/versionIndex.ts'
import { silent } from '../ports.ts'
import { dependenciesOf, dependenciesOn } from '../protocol/freshness.ts'
import { confirmedEntry } from '../store/confirmedEntry.ts'
import type { PageValue } from '../store/pageCache.ts'
import { renderStart } from './renderStart.ts'
import { RenderLimiter } from './renderLimiter.ts'
import type { Coherence } from '../coherence.ts'

const VALUE: PageValue = {
  content: {
    kind: 'APP_PAGE',
    packed: new Map([['html', Buffer.from('a page')]]),
    headers: undefined,
    postponed: undefined,
    status: 200,
  },
  cacheControl: undefined,
}

const AT_ONCE = 4
const limiter = () => new RenderLimiter({ atOnce: AT_ONCE, withinMs: 10_000, mostWaiting: 1_000 })

let database: SeededDatabase
let redis: TestRedis
let coherence: Coherence

beforeAll(async () => {
  database = await seededDatabase()
  redis = await testRedis()
  coherence = await testCoherence(redis.client, database.db)
})
afterAll(async () => {
  await redis.close()
  await database.drop()
})

/** A render that reads the price and keeps its page here, as Next does. */
async function rendered(key: string, productId: number): Promise<number> {
  const start = await renderStart(coherence.index)
  const { version } = await database.db.price.findUniqueOrThrow({ where: { productId } })
  await coherence.pages.put(key, {
    ...start,
    value: VALUE,
    dependencies: dependenciesOn([{ kind: 'price', id: productId, version: Number(version) }]),
    ttl: 60,
  })
  return Number(version)
}

it('a page that was never held here is served, when those that others render are outdated each time', async () => {
  let renders = 0
  const pages = new FreshPages(
    coherence,
    async (key) => {
      // The first three are another process' under its lease; what they store is outdated before it is read.
      if (++renders > 3) await rendered(key, 1)
      return { stored: true }
    },
    limiter(),
  )
  const found = await pages.get('/never-held', '/en/products/one')
  expect(found).toMatchObject({ cache: 'MISS', layer: 'render' })
  expect(renders).toBeLessThanOrEqual(5)
})

it('a page that has come to depend on something new is served', async () => {
  const key = '/grown'
  await rendered(key, 2)
  const { version } = await database.db.price.update({
    where: { productId: 2 },
    data: { amountMinor: { increment: 1 } },
  })
  await coherence.publisher.publish([{ kind: 'price', id: 2, version: Number(version) }])
  let renders = 0
  const pages = new FreshPages(
    coherence,
    async () => {
      if (++renders > 3) await rendered(key, 3)
      return { stored: true }
    },
    limiter(),
  )
  expect(await pages.get(key, '/en/products/two')).toMatchObject({ cache: 'MISS', layer: 'render' })
})

it('never serves a page older than the index at the start of the read, at any number of tries', async () => {
  const key = '/outdated'
  const old = await rendered(key, 4)
  const outdated = coherence.pages.peek(key)
  if (!outdated) throw new Error('the page was not kept')
  await database.db.price.update({ where: { productId: 4 }, data: { amountMinor: { increment: 1 } } })
  await coherence.publisher.publish([{ kind: 'price', id: 4, version: old + 1 }])
  const pages = new FreshPages(
    coherence,
    async () => {
      await coherence.pages.put(key, { ...outdated })
      return { stored: true }
    },
    limiter(),
  )
  await expect(pages.get(key, '/en/products/four')).rejects.toMatchObject({ code: 'NOT_VERIFIED' })
})

it('never serves a page that was revalidated before the read began, at any number of tries', async () => {
  const [key, tags] = ['/revalidated', ['news']]
  const start = await renderStart(coherence.index)
  await coherence.publisher.revalidate(tags)
  const pages = new FreshPages(
    coherence,
    async () => {
      await coherence.pages.put(key, { ...start, value: VALUE, dependencies: dependenciesOf(tags), ttl: 60 })
      return { stored: true }
    },
    limiter(),
  )
  await expect(pages.get(key, '/en/news')).rejects.toMatchObject({ code: 'NOT_VERIFIED' })
})

it('a page that was rendered from a part of a commit is rendered again', async () => {
  const key = '/part'
  const ids = [7, 8]
  const versions = async () => {
    const rows = await database.db.price.findMany({ where: { productId: { in: ids } }, orderBy: { productId: 'asc' } })
    return rows.map((row) => ({ kind: 'price', id: row.productId, version: Number(row.version) }))
  }
  const before = await versions()
  await coherence.index.read(['price:7', 'price:8'])
  await coherence.keeper.stop() // the outbox would bring it
  let renders = 0
  const pages = new FreshPages(
    coherence,
    async () => {
      const start = await renderStart(coherence.index)
      if (++renders === 1)
        await database.db.price.updateMany({
          where: { productId: { in: ids } },
          data: { amountMinor: { increment: 1 } },
        })
      const after = await versions()
      // The first read one row after the commit, and had read the other before it.
      const read = renders === 1 ? [...after.slice(0, 1), ...before.slice(1)] : after
      await coherence.pages.put(key, { ...start, value: VALUE, dependencies: dependenciesOn(read), ttl: 60 })
      return { stored: true }
    },
    limiter(),
  )
  const found = await pages.get(key, '/en/products/part')
  coherence.keeper.start()
  const shown = 'entry' in found ? found.entry.dependencies.versions : undefined
  expect(shown).toEqual(dependenciesOn(await versions()).versions)
})

it('takes a page for a miss when the index does not get to know what it shows, however often that is published', async () => {
  const key = '/ahead'
  await expect.poll(async () => (await coherence.index.read([])).from, { timeout: 10_000 }).toBe('index')
  const version = (await rendered(key, 9)) + 1
  const page = coherence.pages.peek(key) ?? expect.fail('the page was not kept')
  await coherence.pages.put(key, { ...page, dependencies: dependenciesOn([{ kind: 'price', id: 9, version }]) })
  const elsewhere = redis.client.duplicate({ keyPrefix: 'elsewhere:' }).on('error', () => undefined)
  const publisher = new Publisher(new VersionIndex({ ...coherence.ports, indexRedis: elsewhere }), silent())
  expect(await coherence.pages.get(key)).toMatchObject({ ahead: true })
  expect(await confirmedEntry({ pages: coherence.pages, publisher }, key)).toBeUndefined()
  elsewhere.disconnect()
})

it('raises the index to what Next renders for a visitor, though that is not kept', async () => {
  const { index, keeper, ownRenders, pages } = coherence
  await index.read(['price:10'])
  await keeper.stop() // the outbox would bring it
  ownRenders.keepThemOnly(() => undefined)
  const handler = new (pageCacheHandler(() => coherence))()
  await handler.get('/shell', { kind: 'APP_PAGE' })
  const { version } = await database.db.price.update({
    where: { productId: 10 },
    data: { amountMinor: { increment: 1 } },
  })
  const headers = { 'x-next-cache-tags': `price:10@${version}` }
  await handler.set('/shell', { kind: 'APP_PAGE', html: 'ten', headers }, {})
  keeper.start()
  expect([await index.held([{ kind: 'price', id: 10 }]), pages.peek('/shell')]).toEqual([[Number(version)], undefined])
})

it('renders take turns; a page that waits for its turn keeps no other process from rendering it', async () => {
  let gate: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (gate = resolve))
  let [running, most] = [0, 0]
  const pages = new FreshPages(
    coherence,
    async (key) => {
      most = Math.max(most, ++running)
      await opened
      await rendered(key, 5)
      running--
      return { stored: true }
    },
    limiter(),
  )
  const asked = Array.from({ length: 12 }, (_, i) => pages.get(`/turn-${i}`, '/en/products/five'))
  await vi.waitUntil(() => running >= AT_ONCE, 10_000)
  const elsewhere = new FreshPages(
    coherence,
    async (key) => {
      await rendered(key, 5)
      return { stored: true }
    },
    limiter(),
  )
  expect(await elsewhere.get('/turn-11', '/en/products/five')).toMatchObject({ layer: 'render' })
  gate()
  for (const page of await Promise.all(asked)) expect(page).toHaveProperty('entry')
  expect(most).toBe(AT_ONCE)
})

it('a page that another process made between the look for it and the lease is not rendered again', async () => {
  const key = '/made-elsewhere'
  let renders = 0
  const pages = new FreshPages(
    coherence,
    async () => {
      renders++
      await rendered(key, 4)
      return { stored: true }
    },
    limiter(),
  )
  // `exists` is asked after the look: by then the other process has made its page, and gives its lease back.
  const found = await pages.get(key, '/en/products/four', async () => {
    await rendered(key, 4)
    return true
  })
  expect(found).toMatchObject({ cache: 'MISS', layer: 'render' })
  expect(renders).toBe(0)
})

it('says that a page does not exist while the render limiter is full, and begins no render for it', async () => {
  let gate: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (gate = resolve))
  const begun: string[] = []
  const pages = new FreshPages(
    coherence,
    async (key) => {
      begun.push(key)
      await opened
      await rendered(key, 6)
      return { stored: true }
    },
    limiter(),
  )
  const asked = Array.from({ length: AT_ONCE }, (_, i) => pages.get(`/taken-${i}`, '/en/products/six'))
  await vi.waitUntil(() => begun.length === AT_ONCE, 10_000)
  expect(await pages.get('/nowhere', '/en/products/nowhere', async () => false)).toEqual({ missing: true })
  gate()
  await Promise.all(asked)
  expect(begun).not.toContain('/nowhere')
})

it('counts requests that join a render which is under way', async () => {
  let gate: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (gate = resolve))
  const pages = new FreshPages(
    coherence,
    async (key) => {
      await opened
      await rendered(key, 6)
      return { stored: true }
    },
    limiter(),
  )
  const asked = Array.from({ length: 5 }, () => pages.get('/joined', '/en/products/six'))
  await vi.waitUntil(() => pages.counts.joined === 4, 10_000)
  gate()
  await Promise.all(asked)
  expect(pages.counts).toEqual({ render: 1, leaseWait: 0, joined: 4, early: 0 })
})
