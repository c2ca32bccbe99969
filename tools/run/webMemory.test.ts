import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { WEB_MEMORY } from './webMemory.ts'

/** As pages are rendered: buffers of a page that are dropped, and a packed one that stays. Prints the megabytes that this came to. */
const RENDERS = `
  const kept = []
  const before = process.memoryUsage.rss()
  for (let page = 0; page < 150; page++) {
    for (let buffers = 0; buffers < 8; buffers++) Buffer.allocUnsafeSlow(200_000).fill(1)
    kept.push(Buffer.allocUnsafeSlow(10_000).fill(1))
  }
  for (let again = 0; again < 3; again++) gc()
  console.log((process.memoryUsage.rss() - before) / 2 ** 20)`

function megabytesOf(settings: Pick<typeof WEB_MEMORY, 'flags'> & { readonly environment: object }): number {
  const args = ['--expose-gc', ...settings.flags, '--eval', RENDERS]
  const env = { NODE_ENV: 'production', ...settings.environment } as const
  return Number(execFileSync(process.execPath, args, { env, encoding: 'utf8' }))
}

test('gives back the memory of what a render has dropped, though what it has packed stays', () => {
  expect(megabytesOf(WEB_MEMORY)).toBeLessThan(25)
})
