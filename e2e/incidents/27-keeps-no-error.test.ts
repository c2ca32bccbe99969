/** Incident 27: an error answer was cached and served for its TTL. A minute is a second here. */
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { pageCacheHandler } from '#lib/coherence/next.ts'
import { type FaultProxy, faultProxy } from '#lib/coherence/testing/faultProxy.ts'
import { kernelInstance, type KernelInstance, kernelStores, type KernelStores } from './story/kernel.ts'
import { recordStory, Timeline } from './story/story.ts'

const PRODUCT = 1
const TTL_MS = 1_000
const READS = 20

let stores: KernelStores
let postgres: FaultProxy
let databaseUrl: string
let instance: KernelInstance

beforeAll(async () => {
  stores = await kernelStores()
  const url = new URL(stores.database.url)
  postgres = await faultProxy({ host: url.hostname, port: Number(url.port || 5432) })
  url.hostname = '127.0.0.1'
  url.port = String(postgres.port)
  databaseUrl = url.href
  instance = await kernelInstance(stores, { databaseUrl })
})
afterAll(async () => {
  await instance.stop()
  await postgres.close()
  await stores.close()
})
afterEach(() => postgres.heal())

interface Answer {
  readonly status: 200 | 500
  readonly version?: number
}
type Site = (productId: number) => Promise<Answer>

/** Keeps each answer for the TTL, as a cache in front of a site that does not look at the status. */
function naiveSite(pool: pg.Pool): Site {
  const kept = new Map<number, { answer: Answer; until: number }>()
  const answer = (productId: number) =>
    pool.query<{ version: string }>('SELECT version FROM prices WHERE product_id = $1', [productId]).then(
      ({ rows }): Answer => ({ status: 200, version: Number(rows[0]?.version) }),
      (): Answer => ({ status: 500 }),
    )
  return async (productId) => {
    const found = kept.get(productId)
    if (found && found.until > performance.now()) return found.answer
    const made = await answer(productId)
    kept.set(productId, { answer: made, until: performance.now() + TTL_MS })
    return made
  }
}

const ourSite: Site = (productId) =>
  instance.shown(productId).then(
    (version): Answer => ({ status: 200, version }),
    (): Answer => ({ status: 500 }),
  )

/** One read while Postgres is away, then reads after it is back. @returns errors of the latter */
async function shortOutage(site: Site, timeline: Timeline): Promise<number> {
  const read = async () => {
    const { status } = await site(PRODUCT)
    timeline.read(status === 200 ? 'current' : 'refused')
    return status
  }
  await postgres.cut()
  timeline.mark('Postgres away')
  expect(await read()).toBe(500)
  await postgres.heal()
  timeline.mark('Postgres back')
  const statuses = []
  for (let i = 0; i < READS; i++) statuses.push(await read())
  return statuses.filter((status) => status === 500).length
}

test('asks again at the next read after an error', async ({ task }) => {
  const [naiveRun, ourRun] = [new Timeline(), new Timeline()]
  const pool = new pg.Pool({ connectionString: databaseUrl })
  pool.on('error', () => undefined) // the outage is on purpose
  try {
    const site = naiveSite(pool)
    expect(await shortOutage(site, naiveRun), 'the error is kept').toBe(READS)
    await expect.poll(async () => (await site(PRODUCT)).status, { timeout: 5 * TTL_MS, interval: 20 }).toBe(200)
    naiveRun.mark('the TTL has passed')
    naiveRun.read('current')
  } finally {
    await pool.end()
  }
  const errors = await shortOutage(ourSite, ourRun)
  expect(errors).toBe(0)
  recordStory({
    number: 27,
    lesson: task.name,
    naive: naiveRun,
    ours: ourRun,
    figures: [`errors in ${READS} reads after Postgres is back: ${READS}, until the TTL has passed, and ${errors}`],
  })
})

test.each([404, 500, 503])('keeps no page that Next answers with %i', async (status) => {
  const Handler = pageCacheHandler(() => instance.coherence)
  const [key, handler] = [`/en/products/${status}`, new Handler()]
  expect(await handler.get(key, { kind: 'APP_PAGE' })).toBe(null)
  const page = { kind: 'APP_PAGE' as const, html: 'not a page', headers: { 'x-next-cache-tags': 'price:2,price:2@1' } }
  await handler.set(key, { ...page, status }, { cacheControl: { revalidate: 3_600, expire: 86_400 } })
  expect(await new Handler().get(key, { kind: 'APP_PAGE' })).toBe(null)
  await handler.set(key, { ...page, status: 200 }, { cacheControl: { revalidate: 3_600, expire: 86_400 } })
  expect(await new Handler().get(key, { kind: 'APP_PAGE' }), 'a page is kept').not.toBe(null)
})
