import { expect, test } from 'vitest'
import { Checker } from './checker.ts'
import { ReadFailure } from './client.ts'
import { Load } from './load.ts'
import { readPage } from './readings.ts'

/** As Next's router gets a search: the page threw after the status was sent; or it found nothing. */
const FAILED = '0:{"a":["search",{}]}\n7:E{"digest":"2338119473"}\n'
const EMPTY = '0:{"a":["search",{}]}\n7:["$","h2",null,{"children":"No products found"}]\n'

/** @returns whether the answer was judged, and the problems that were found in it */
function judged(body: string, storesFail: boolean): [boolean, string[]] {
  const checker = new Checker()
  const load = new Load({ origins: [], products: [], locales: [], clients: 0, reads: 0, checker, storesFail })
  const target = { kind: 'search', path: '/search?q=lamp', segment: undefined, productId: undefined } as const
  const times = { start: 1, end: 2 }
  const answer = { url: target.path, ...times, status: 200, cache: 'MISS next', reading: readPage(body, undefined) }
  const read = {
    client: 'reader',
    origin: 'http://shop',
    ...times,
    target,
    representation: 'navigation',
    answer,
  } as const
  return [load.ended(read), checker.violations.map(({ against }) => against)]
}

test('of a search without a price only one that says that it failed is excused, and only where stores may be away', () => {
  expect(judged(FAILED, true)).toEqual([false, []])
  expect(judged(EMPTY, true)).toEqual([true, ['no price in /search?q=lamp']])
  expect(judged(FAILED, false)).toEqual([true, ['no price in /search?q=lamp']])
})

test('a page that cannot be shown is a 503, or its process is away: any other status is a violation', () => {
  const checker = new Checker()
  const load = new Load({ origins: [], products: [], locales: [], clients: 0, reads: 0, checker, storesFail: true })
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
