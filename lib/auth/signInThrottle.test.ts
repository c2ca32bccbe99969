import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import {
  ATTACK,
  MOST_DELAY_MS,
  MOST_FOR_PAIR,
  MOST_FOR_PAIR_UNDER_ATTACK,
  MOST_FROM_NETWORK,
  SignInThrottle,
} from './signInThrottle.ts'

let redis: TestRedis
let email: string
let instances: [SignInThrottle, SignInThrottle]
beforeAll(async () => {
  redis = await testRedis()
})
afterEach(() => redis.proxy.heal())
afterAll(() => redis.close())
beforeEach(async () => {
  await redis.direct.flushdb()
  email = `owner-${randomUUID()}@evergreen.example`
  instances = [new SignInThrottle(redis.client), new SignInThrottle(redis.client)]
})

const bot = (i: number) => `198.${51 + (i >> 8)}.${i & 255}.7`

/** Wrong passwords from `bots` addresses, `each` from every one. @returns how many were looked at */
async function attack(bots: number, each: number): Promise<number> {
  let admitted = 0
  for (let i = 0; i < bots; i++)
    for (let j = 0; j < each; j++)
      if ((await instances[j % 2 ? 0 : 1].admit({ email, address: bot(i) })).admitted) admitted++
  return admitted
}

test('admits ten wrong passwords for an account from one network, over all instances, and says when to come again', async () => {
  expect(await attack(1, 14)).toBe(MOST_FOR_PAIR)
  const refused = await instances[0].admit({ email: ` ${email.toUpperCase()}`, address: bot(0) })
  expect(refused).toMatchObject({ admitted: false })
  expect(refused).toHaveProperty('retryAfterS', expect.closeTo(900, -1.5))
})

test('counts the addresses of one IPv6 subscriber as one', async () => {
  const admitted = []
  for (let i = 0; i < 14; i++)
    admitted.push((await instances[0].admit({ email, address: `2001:db8:1:2::${i}` })).admitted)
  expect(admitted.filter(Boolean)).toHaveLength(MOST_FOR_PAIR)
})

test('admits fifty wrong passwords from one network for all accounts together', async () => {
  const admitted = []
  for (let i = 0; i < 60; i++)
    admitted.push((await instances[0].admit({ email: `${i}@evergreen.example`, address: bot(0) })).admitted)
  expect(admitted.filter(Boolean)).toHaveLength(MOST_FROM_NETWORK)
})

test('counts parallel guesses before they are looked at', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, () => instances[0].admit({ email, address: bot(0) })))
  expect(answers.filter(({ admitted }) => admitted)).toHaveLength(MOST_FOR_PAIR)
})

test('admits the owner from a network that was never seen, within a bound, while many networks guess', async () => {
  const looked = await attack(200, 10)
  // Ten from each of the first, then three from each.
  expect(looked).toBe(ATTACK + (200 - ATTACK / MOST_FOR_PAIR) * MOST_FOR_PAIR_UNDER_ATTACK)
  const owner = { email, address: '203.0.113.9' }
  for (let i = 0; i < MOST_FOR_PAIR_UNDER_ATTACK; i++)
    expect(await instances[0].admit(owner)).toEqual({ admitted: true, delayMs: MOST_DELAY_MS })
  expect(await instances[0].admit(owner)).toMatchObject({ admitted: false })
})

test('delays guesses from the twenty-first on, and more the more there are', async () => {
  const delays = []
  for (let i = 0; i < 60; i++) {
    const answer = await instances[0].admit({ email, address: bot(i) })
    delays.push(answer.admitted ? answer.delayMs : -1)
  }
  expect(delays.slice(0, 21)).toEqual(Array.from({ length: 21 }, () => 0))
  expect(delays.slice(21)).toEqual(delays.slice(21).toSorted((a, b) => a - b))
  expect(delays.at(-1)).toBeGreaterThan(1_000)
})

test('admits a known device at once while its own network is refused', async () => {
  const address = bot(0)
  await attack(1, 60)
  expect(await instances[0].admit({ email, address })).toMatchObject({ admitted: false })
  expect(await instances[0].admit({ email, address, device: 'a' })).toEqual({ admitted: true, delayMs: 0 })
  for (let i = 1; i < MOST_FOR_PAIR; i++) await instances[0].admit({ email, address, device: 'a' })
  expect(await instances[0].admit({ email, address, device: 'a' })).toMatchObject({ admitted: false })
})

test('takes back what a right password has counted', async () => {
  const owner = { email, address: '203.0.113.9' }
  for (let i = 0; i < 200; i++) {
    expect(await instances[0].admit(owner)).toEqual({ admitted: true, delayMs: 0 })
    await instances[1].succeeded(owner)
  }
})

test('counts in each instance while Redis is away, and admits again when it is not', async () => {
  await redis.proxy.cut()
  expect(await attack(1, 40)).toBe(2 * MOST_FOR_PAIR)
  await redis.proxy.heal()
  await expect.poll(() => redis.client.status).toBe('ready')
  expect(await instances[0].admit({ email, address: bot(0) })).toMatchObject({ admitted: true })
})

test('keeps nothing of what a visitor typed but its hash, for the window', async () => {
  await instances[0].admit({ email: 'x'.repeat(9_000), address: bot(0) })
  const stored = await redis.direct.keys('*')
  expect(stored).toHaveLength(3)
  for (const key of stored) {
    expect(key.length).toBeLessThan(80)
    expect(await redis.direct.ttl(key)).toBeGreaterThan(0)
  }
})
