/** The monitor's conclusions from an answer of Redis, and from the row of the term as time passes. */
import { ReplyError } from 'ioredis'
import { expect, it } from 'vitest'
import { describeFault } from './redisFault.ts'
import { type TermRow, TermWatch } from './termWatch.ts'

const wrapped = (message: string, lastNodeError: Error) => Object.assign(new Error(message), { lastNodeError })

it.each([
  [new ReplyError("OOM command not allowed when used memory > 'maxmemory'."), 'OOM', /memory is full/],
  [new ReplyError("READONLY You can't write against a read only replica."), 'READONLY', /replica/],
  [new ReplyError('MISCONF Redis is configured to save RDB snapshots'), 'MISCONF', /disk/],
  [new ReplyError('NOREPLICAS Not enough good replicas to write.'), 'NOREPLICAS', /replicas/],
  [new ReplyError('CLUSTERDOWN Hash slot not served'), 'CLUSTERDOWN', /no primary/],
  [new ReplyError('TRYAGAIN Multiple keys request during rehashing of slot'), 'TRYAGAIN', /another node/],
  [new ReplyError('LOADING Redis is loading the dataset in memory'), 'LOADING', /loads its data/],
  [new ReplyError('NOPERM this user has no permissions'), 'NOPERM', /NOPERM this user/],
  [
    new Error('Too many Cluster redirections. Last error: ReplyError: CLUSTERDOWN The cluster is down'),
    'CLUSTERDOWN',
    /no primary/,
  ],
  [wrapped('Failed to refresh slots cache.', new ReplyError('LOADING Redis is loading')), 'LOADING', /loads its data/],
])('says why Redis refuses writes and what to do: %s', (error, code, what) => {
  expect(describeFault(error)).toMatchObject({
    code,
    what: expect.stringMatching(what),
    whatToDo: expect.stringMatching(/\w+.*\./),
  })
})

it('says that Redis does not answer when it is cut off, silent or not ready', () => {
  for (const error of [new Error('Command timed out'), new Error('Connection is closed.')])
    expect(describeFault(error)).toMatchObject({ code: undefined, what: 'Redis does not answer', error: error.message })
})

const TERM: TermRow = {
  term: 3,
  epoch: 'one/1',
  server: 'aaa:r',
  source: 's/1',
  renewals: 100,
  reason: 'lease-lost',
  beganAt: 0,
}

/** @param steps seconds, and how the row differs then @returns the kinds of alerts at each */
function notified(steps: readonly (readonly [number, Partial<TermRow>, boolean?])[], known = TERM): string[][] {
  const watch = new TermWatch(known)
  return steps.map(([at, row, hasFault = false]) =>
    watch.look({ ...TERM, ...row }, at * 1_000, hasFault).map(({ kind }) => kind),
  )
}

it('believes a new term after three seconds of refreshes, not after the first one, and not after a pause between them', () => {
  const term = 4
  const changed = ['index-term-changed']
  expect(
    notified([
      [0, { renewals: 100 }],
      [2, { term, renewals: 100 }],
      [4, { term, renewals: 101 }],
      [6, { term, renewals: 101 }],
      [8, { term, renewals: 105 }],
      [10, { term, renewals: 109 }],
      [12, { term, renewals: 113 }],
    ]),
  ).toEqual([[], changed, changed, changed, changed, changed, []])
})

it('names a lease that stands still for five seconds, and gives a new term the same time', () => {
  expect(
    notified([
      [0, {}],
      [4, {}],
      [6, {}],
      [8, { renewals: 101 }],
    ]),
  ).toEqual([[], [], ['index-lease-lost'], []])
  expect(
    notified([
      [0, {}],
      [4, { term: 4 }],
      [8, { term: 4 }],
      [10, { term: 4 }],
    ]).map((kinds) => kinds.includes('index-lease-lost')),
  ).toEqual([false, false, false, true])
})

it('gives a term time for as long as a process says that it builds the index', () => {
  expect(
    notified([
      [0, {}],
      [4, { beganAt: 4 }],
      [8, { beganAt: 8 }],
      [12, { beganAt: 8 }],
      [14, { beganAt: 8 }],
    ]),
  ).toEqual([[], [], [], [], ['index-lease-lost']])
})

it('leaves a lease that stands still to the alert about Redis while that is at fault, and five seconds longer', () => {
  expect(
    notified([
      [0, {}],
      [6, {}, true],
      [12, {}, true],
      [16, {}],
      [18, {}],
    ]),
  ).toEqual([[], [], [], [], ['index-lease-lost']])
})

it('keeps the term notified before a new one until the new one is believed, for the next monitor', () => {
  const watch = new TermWatch(TERM)
  watch.look({ ...TERM, term: 4, renewals: 100 }, 0, false)
  expect(watch.notified?.term).toBe(3)
  watch.look({ ...TERM, term: 4, renewals: 104 }, 2_000, false)
  watch.look({ ...TERM, term: 4, renewals: 110 }, 5_000, false)
  expect(watch.notified?.term).toBe(4)
})

it('reports nothing when no monitor has looked before', () => {
  expect(new TermWatch().look(TERM, 0, false)).toEqual([])
})
