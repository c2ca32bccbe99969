import { expect, it } from 'vitest'
import { RenderLimiter } from './renderLimiter.ts'

it('refuses a render that gets no turn in time, and does not run it later', async () => {
  const limiter = new RenderLimiter({ atOnce: 1, withinMs: 20, mostWaiting: 10 })
  let gate: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (gate = resolve))
  const done: string[] = []
  const first = limiter.take(async () => {
    await opened
    return done.push('first')
  })
  await expect(limiter.take(async () => done.push('too late'))).rejects.toMatchObject({
    code: 'NO_TURN',
    retryable: true,
  })
  gate()
  await first
  await limiter.take(async () => done.push('third'))
  expect(done).toEqual(['first', 'third'])
})

it('work that fails gives its turn on', async () => {
  const limiter = new RenderLimiter({ atOnce: 1, withinMs: 1_000, mostWaiting: 10 })
  const failing = limiter.take(() => Promise.reject(new Error('no render')))
  const next = limiter.take(async () => 'a page')
  await expect(failing).rejects.toThrow('no render')
  expect(await next).toBe('a page')
})

it('refuses a render at once when too many wait', async () => {
  const limiter = new RenderLimiter({ atOnce: 1, withinMs: 60_000, mostWaiting: 2 })
  let gate: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (gate = resolve))
  const taken = ['runs', 'waits', 'waits, too'].map((name) => limiter.take(() => opened.then(() => name)))
  await expect(limiter.take(async () => 'one too many')).rejects.toMatchObject({ code: 'NO_TURN', retryable: true })
  gate()
  expect(await Promise.all(taken)).toEqual(['runs', 'waits', 'waits, too'])
})
