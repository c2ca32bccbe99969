import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { NetworkThrottle } from './networkThrottle.ts'

let redis: TestRedis
beforeAll(async () => {
  redis = await testRedis()
})
afterAll(() => redis.close())
beforeEach(() => redis.direct.flushdb())

const throttleOf = (name: string, perNetwork: number, inTotal: number) =>
  new NetworkThrottle(
    (counted) => `${name}:${counted}`,
    { network: { points: perNetwork, seconds: 900 }, total: { points: inTotal, seconds: 60 } },
    redis.client,
  )

test('refuses the 21st question of one network, over all instances and at once, and says when to come again', async () => {
  const instances = [1, 2].map(() => throttleOf('lookup', 20, 300))
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => instances[i % 2]?.admit(`2001:db8:1:2::${i}`)))
  expect(answers.filter((answer) => answer?.admitted)).toHaveLength(20)
  const refused = await instances[0]?.admit('2001:db8:1:2::99')
  expect(refused).toEqual({ admitted: false, by: 'network', retryAfterS: expect.closeTo(900, -1.5) })
  expect(await instances[0]?.admit('2001:db8:1:3::1'), 'another network').toEqual({ admitted: true })
})

test('refuses what all networks ask together beyond the limit, and counts nothing of a network that is refused', async () => {
  const throttle = throttleOf('placing', 3, 7)
  const admitted = async (address: string, forms: number) => {
    let count = 0
    for (let i = 0; i < forms; i += 1) if ((await throttle.admit(address)).admitted) count += 1
    return count
  }
  expect([await admitted('198.51.100.1', 9), await admitted('198.51.100.2', 9)]).toEqual([3, 3])
  expect(await admitted('198.51.100.3', 2)).toBe(1)
  expect(await throttle.admit('198.51.100.4')).toEqual({
    admitted: false,
    by: 'total',
    retryAfterS: expect.closeTo(60, -1.5),
  })
  const lookups = throttleOf('lookup', 20, 300)
  expect(await lookups.admit('198.51.100.1'), 'another count').toEqual({ admitted: true })
})

test('refuses a burst, says when to come again, and counts nothing of it for the minute', async () => {
  const limits = {
    burst: { points: 5, seconds: 1 },
    network: { points: 8, seconds: 60 },
    total: { points: 100, seconds: 60 },
  }
  const throttle = new NetworkThrottle((counted) => `bursts:${counted}`, limits, redis.client)
  const burst = () => Promise.all(Array.from({ length: 20 }, () => throttle.admit('198.51.100.1')))
  const [first, refused] = [await burst(), await throttle.admit('198.51.100.1')]
  expect(first.filter(({ admitted }) => admitted)).toHaveLength(5)
  expect(refused).toEqual({ admitted: false, by: 'network', retryAfterS: 1 })
  await vi.waitUntil(async () => (await throttle.admit('198.51.100.1')).admitted, { timeout: 3_000, interval: 50 })
  expect(
    (await burst()).filter(({ admitted }) => admitted),
    'what is left of the minute',
  ).toHaveLength(2)
})

test('a request that costs more uses up more', async () => {
  const throttle = throttleOf('costly', 10, 100)
  expect([await throttle.admit('198.51.100.1', 6), await throttle.admit('198.51.100.1', 4)]).toEqual([
    { admitted: true },
    { admitted: true },
  ])
  expect(await throttle.admit('198.51.100.1')).toMatchObject({ admitted: false, by: 'network' })
})
