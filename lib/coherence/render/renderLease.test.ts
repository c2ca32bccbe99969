import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { keys, LEASE_TTL_MS } from '../protocol/keys.ts'
import { defineLeaseCommand } from '../redis/commands.ts'
import { acquireLease, leaseReleased } from './renderLease.ts'

let redis: TestRedis
beforeAll(async () => {
  redis = await testRedis()
  defineLeaseCommand(redis.client)
})
afterEach(() => redis.proxy.heal())
afterAll(() => redis.close())

const key = (name: string) => keys.lease('test', name)

it('gives the lease to one of a hundred that want to render', async () => {
  const leases = await Promise.all(Array.from({ length: 100 }, () => acquireLease(redis.client, key('hundred'))))
  expect(leases.filter(Boolean)).toHaveLength(1)
})

it('the others learn that it is free again, soon after the release', async () => {
  const lease = await acquireLease(redis.client, key('release'))
  const start = performance.now()
  const waiting = leaseReleased(redis.client, key('release'), 60_000)
  await lease?.release()
  await waiting
  expect(performance.now() - start).toBeLessThan(LEASE_TTL_MS / 2)
  expect(await acquireLease(redis.client, key('release'))).toBeDefined()
})

it('waits no longer than its bound when the holder died', async () => {
  await acquireLease(redis.client, key('dead'))
  const start = performance.now()
  await leaseReleased(redis.client, key('dead'), 200)
  expect(performance.now() - start).toBeGreaterThanOrEqual(200)
  expect(performance.now() - start).toBeLessThan(LEASE_TTL_MS / 2)
})

it('a holder that died gives way by itself', async () => {
  await acquireLease(redis.client, key('expiry'))
  const left = await redis.direct.pttl(key('expiry'))
  expect(left).toBeGreaterThan(0)
  expect(left).toBeLessThanOrEqual(LEASE_TTL_MS)
})

it('does not release the lease of its successor when a holder comes back late', async () => {
  const late = await acquireLease(redis.client, key('late'))
  await redis.direct.unlink(key('late')) // it ran out
  expect(await acquireLease(redis.client, key('late'))).toBeDefined()
  await late?.release()
  expect(await acquireLease(redis.client, key('late'))).toBeUndefined()
})

it('lets every process render while Redis is down', async () => {
  await redis.proxy.cut()
  expect(await acquireLease(redis.client, key('away'))).toBeDefined()
  await redis.proxy.heal()
  await vi.waitUntil(() => redis.client.status === 'ready', 10_000)
})
