import { expect, test, vi } from 'vitest'
import { feedStream } from './feedStream.ts'

async function* pieces(made: string[], count = 3): AsyncGenerator<string> {
  for (let i = 1; i <= count; i++) {
    made.push(`${i}`)
    yield `piece ${i}`
  }
}

test('makes a piece when its reader has taken the one before, and makes room at the end', async () => {
  const [made, done] = [new Array<string>(), vi.fn<() => void>()]
  const reader = feedStream(pieces(made), done).getReader()
  await reader.read()
  expect(made.length).toBeLessThan(3)
  expect(done).not.toHaveBeenCalled()
  while (!(await reader.read()).done) continue
  expect(made).toEqual(['1', '2', '3'])
  expect(done).toHaveBeenCalled()
})

test('makes room when the reader goes away', async () => {
  const [made, done] = [new Array<string>(), vi.fn<() => void>()]
  const reader = feedStream(pieces(made), done).getReader()
  await reader.read()
  await reader.cancel()
  expect(done).toHaveBeenCalled()
  expect(made).toEqual(['1'])
})

test('breaks off and makes room when a piece cannot be made', async () => {
  const done = vi.fn<() => void>()
  const broken = (async function* (): AsyncGenerator<string> {
    yield 'piece 1'
    throw new Error('Postgres is away')
  })()
  await expect(new Response(feedStream(broken, done)).text()).rejects.toThrow('Postgres is away')
  expect(done).toHaveBeenCalled()
})

test('breaks off and makes room when the reader takes nothing for long', async () => {
  const done = vi.fn<() => void>()
  const reader = feedStream(pieces([]), done, 20).getReader()
  await reader.read()
  await vi.waitUntil(() => done.mock.calls.length > 0, 10_000)
  await expect(reader.read()).rejects.toThrow('took nothing for 20 ms')
})
