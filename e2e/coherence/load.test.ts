import { expect, test } from 'vitest'
import { Checker } from './checker.ts'
import { ReadFailure } from './client.ts'
import { Load } from './load.ts'

test('a page that cannot be shown is a 503, or its process is away: any other status is a violation', () => {
  const checker = new Checker()
  const load = new Load({ origins: [], products: [], locales: [], clients: 0, reads: 0, checker })
  const target = { kind: 'home', path: '', segment: undefined, productId: undefined } as const
  const read = { client: 'reader', origin: 'http://shop', start: 1, end: 2, target, representation: 'html' } as const
  for (const status of [undefined, 503, 500, 404, 304])
    expect(load.ended({ ...read, answer: new ReadFailure('', `status ${status}`, { status }) })).toBe(false)
  expect(checker.violations.map(({ invariant, against }) => `${invariant}: ${against}`)).toEqual([
    'refused: it was answered with status 500',
    'refused: it was answered with status 404',
    'refused: it was answered with status 304',
  ])
  expect(Object.keys(load.counts.failures)).toHaveLength(5)
})
