import { afterAll, beforeAll, expect, test } from 'vitest'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { clearBodies } from './clearBodies.ts'

let redis: TestRedis
beforeAll(async () => {
  redis = await testRedis()
})
afterAll(() => redis.close())

/** The commands that the server got from this test's connection, past every client library. */
async function commandsOf(work: () => Promise<unknown>): Promise<string[][]> {
  const monitor = await redis.direct.duplicate().monitor()
  const seen: string[][] = []
  monitor.on('monitor', (_time: string, args: string[], _source: string, database: string) => {
    if (database === String(redis.direct.options.db)) seen.push(args)
  })
  try {
    await work()
    await redis.client.echo('the end')
    const end = () => seen.findIndex(([name]) => name?.toLowerCase() === 'echo')
    await expect.poll(end).toBeGreaterThan(0)
    return seen.slice(0, end()) // a monitor still hears a while after its disconnect
  } finally {
    monitor.disconnect()
  }
}

test('deletes the keys with the prefix, and nothing else, with SCAN in steps and UNLINK of one key a command', async () => {
  const bodies = Array.from({ length: 3_000 }, (_, i) => keys.page('b', String(i)))
  const others = [keys.data('b', '1'), keys.tag('price:1'), `x${keys.page('b', '1')}`]
  const [prefix = ''] = keys.bodyPrefixes
  await redis.direct.mset(Object.fromEntries([...bodies, ...others].map((key) => [key, '1'])))
  let removed = 0
  const commands = await commandsOf(async () => {
    removed = await clearBodies(redis.client, prefix)
  })
  expect(removed).toBe(bodies.length)
  expect((await redis.direct.keys('*')).toSorted()).toEqual(others.toSorted())
  const names = new Set(commands.map(([name]) => name?.toLowerCase()))
  for (const used of ['scan', 'unlink']) expect(names).toContain(used)
  for (const blocking of ['keys', 'del', 'flushdb', 'eval']) expect(names).not.toContain(blocking)
  expect(commands.filter(([name]) => name?.toLowerCase() === 'scan').length).toBeGreaterThan(3)
  expect(commands.filter(([name, ...named]) => name?.toLowerCase() === 'unlink' && named.length !== 1)).toEqual([])
})

test('a prefix is text, and no pattern', async () => {
  await redis.direct.flushdb()
  await redis.direct.mset({ 'a*b:1': '1', 'axb:1': '1' })
  expect(await clearBodies(redis.client, 'a*b:')).toBe(1)
  expect(await redis.direct.exists('axb:1')).toBe(1)
})
