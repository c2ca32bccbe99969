/** The steps of `npm run demo`, on a shop of the test's own: what it prints is measured, and the promises hold. */
import { ADMIN } from '../support/accounts.ts'
import { startIsolatedShop, type IsolatedShop } from '../support/isolatedShop.ts'
import { expect, test } from '../support/test.ts'
import type { DemoShop } from '../../tools/demo/demoShop.ts'
import type { Lag } from '../../tools/demo/layers.ts'
import type { Screen } from '../../tools/demo/screen.ts'
import { openTour, type Tour } from '../../tools/demo/steps.ts'

let shop: IsolatedShop
let tour: Tour
const facts: string[] = []
const screen: Screen = {
  heading: () => undefined,
  line: () => undefined,
  fact: (text) => facts.push(text),
  liveTable: () => () => undefined,
  table: () => undefined,
}

function demoShop(): DemoShop {
  return {
    url: shop.url,
    instances: [shop.url],
    edge: undefined,
    databaseUrl: shop.databaseUrl,
    redisUrl: shop.redisUrl,
    account: ADMIN,
    pauseRedis: () => shop.redis.freeze(),
    resumeRedis: () => shop.redis.heal(),
    killWorker() {
      const killed = performance.now()
      const back = async () => {
        await shop.killWorker()
        await shop.startWorker()
        return performance.now() - killed
      }
      return { back: back() }
    },
  }
}

test.beforeAll(async () => {
  test.setTimeout(120_000)
  shop = await startIsolatedShop()
  await shop.startWorker()
  tour = await openTour(demoShop(), AbortSignal.timeout(120_000), screen)
})
test.afterAll(async () => {
  await tour?.close()
  await shop?.stop()
})

const LAYERS = ['version index (Redis)', 'page HTML, web 1', 'job: layers read back']

function expectFresh(lags: readonly Lag[]): void {
  expect(lags.map(({ name }) => name)).toEqual(LAYERS)
  expect(lags.filter(({ fresh, total, ms }) => fresh !== total || ms === undefined)).toEqual([])
}

test('shows an edit, a bulk edit, a broken Redis and a killed worker, each fresh in every layer when it is over', async () => {
  test.setTimeout(120_000)
  expectFresh((await tour.oneEdit()).lags)
  expectFresh((await tour.bulkEdit()).lags)

  const redis = await tour.brokenRedis()
  expect(redis.state).toBe('propagating')
  const { version } = await shop.database.price(1)
  expect(
    redis.seen.map((seen) => seen.version),
    'pages without Redis',
  ).toEqual([version])
  expectFresh(redis.lags)

  const worker = await tour.killedWorker()
  expect(worker.openRows, 'the delivery was under way').toBeGreaterThan(0)
  expect(worker.state).toBe('live')
  expectFresh(worker.lags)

  expect(facts).toContain(`web 1  shows version ${version} of ${version}: right, ${lookTime(redis.seen)}.`)
  expect(facts.filter((fact) => fact.includes('not yet'))).toEqual([])
})

function lookTime([seen]: readonly { readonly ms: number }[]): string {
  const ms = seen?.ms ?? 0
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}
