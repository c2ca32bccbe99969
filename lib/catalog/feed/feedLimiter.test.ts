import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { FeedLimiter, type MadePart } from './feedLimiter.ts'

const made = (items: string): MadePart => ({ items, next: null, shown: [] })

/** A part that is finished by hand. */
function pending() {
  const { promise, resolve, reject } = Promise.withResolvers<MadePart>()
  return { make: () => promise, finish: (items: string) => resolve(made(items)), fail: reject }
}

test('readers share a part that is not begun, and never one that is: it could be older than their request', async () => {
  const limiter = new FeedLimiter()
  const [running, next] = [pending(), pending()]
  const first = limiter.part('en 1', running.make)
  await turnOfTheLoop()
  const later = limiter.part('en 1', next.make)
  const [second, third] = [later, limiter.part('en 1', () => Promise.reject(new Error('made twice')))]
  expect(third).toBe(second)
  running.finish('old')
  next.finish('new')
  expect([await first, await second]).toEqual([made('old'), made('new')])
})

test('parts are made one after the other, also after one that failed', async () => {
  const limiter = new FeedLimiter()
  const one = pending()
  const begun: string[] = []
  const failing = limiter.part('en 1', one.make)
  const others = ['en 2', 'de 1'].map((name) =>
    limiter.part(name, async () => {
      begun.push(name)
      return made(name)
    }),
  )
  await turnOfTheLoop()
  expect(begun).toEqual([])
  one.fail(new Error('Postgres is away'))
  await expect(failing).rejects.toThrow('Postgres is away')
  expect(await Promise.all(others)).toEqual([made('en 2'), made('de 1')])
})

test('two whole feeds a network and eight in all are read at once, and one that left makes room once', () => {
  const limiter = new FeedLimiter()
  const own = [limiter.enter('192.0.2.1'), limiter.enter('192.0.2.1')]
  expect(limiter.enter('192.0.2.1')).toBeUndefined()
  const others = [2, 3, 4, 5, 6, 7].map((n) => limiter.enter(`192.0.2.${n}`))
  expect(others.every(Boolean)).toBe(true)
  expect(limiter.enter('192.0.2.8')).toBeUndefined()
  own[0]?.()
  own[0]?.()
  expect(limiter.enter('192.0.2.8')).toBeDefined()
  expect(limiter.enter('192.0.2.9')).toBeUndefined()
})

test('refuses single parts while many wait', async () => {
  const limiter = new FeedLimiter()
  const first = pending()
  const parts = Array.from({ length: 41 }, (_, i) =>
    limiter.part(`en ${i}`, i === 0 ? first.make : async () => made('')),
  )
  await turnOfTheLoop()
  expect(limiter.mayAsk).toBe(false)
  first.finish('')
  await Promise.all(parts)
  expect(limiter.mayAsk).toBe(true)
})
