import { expect, it } from 'vitest'
import { RenderLimiter } from './renderLimiter.ts'

it('whoever has no turn in time is turned away, and what it asked for is not done later', async () => {
  const turns = new RenderLimiter(1, 20)
  let gate: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (gate = resolve))
  const done: string[] = []
  const first = turns.take(async () => {
    await opened
    return done.push('first')
  })
  await expect(turns.take(async () => done.push('too late'))).rejects.toMatchObject({
    code: 'NOT_VERIFIED',
    retryable: true,
  })
  gate()
  await first
  await turns.take(async () => done.push('third'))
  expect(done).toEqual(['first', 'third'])
})

it('work that fails gives its turn on', async () => {
  const turns = new RenderLimiter(1, 1_000)
  const failing = turns.take(() => Promise.reject(new Error('no render')))
  const next = turns.take(async () => 'a page')
  await expect(failing).rejects.toThrow('no render')
  expect(await next).toBe('a page')
})
