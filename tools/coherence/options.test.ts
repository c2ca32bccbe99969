import { expect, test } from 'vitest'
import { parseCoherenceOptions } from './options.ts'

test('runs the long run on stores of its own without arguments', () => {
  expect(parseCoherenceOptions([])).toMatchObject({
    reads: 3_000_000,
    web: 3,
    faults: false,
    storeFaults: [],
    stores: {},
    command: 'npm run coherence --',
  })
})

test('the command to run it again names no store: their addresses may carry a password', () => {
  const options = parseCoherenceOptions([
    '--reads',
    '500',
    '--database',
    'postgresql://me:secret@db/x',
    '--faults',
    '--redis=redis://r',
  ])
  expect(options.command).toBe('npm run coherence -- --reads 500 --faults')
  expect(options.stores).toEqual({ DATABASE_URL: 'postgresql://me:secret@db/x', REDIS_URL: 'redis://r' })
})

test('faults of stores are named, or all of them, and have a file of results of their own', () => {
  expect(parseCoherenceOptions(['--store-faults', 'oom,old-file'])).toMatchObject({
    storeFaults: ['oom', 'old-file'],
    output: expect.stringMatching(/docs.results.store-faults\.md$/),
  })
  expect(parseCoherenceOptions(['--store-faults', 'all']).storeFaults).toContain('postgres-timeline')
})

test.each([
  [['--reads', '0'], '--reads'],
  [['--web', 'many'], '--web'],
  [['--edge', 'fastly'], '--edge'],
  [['--store-faults', 'fire'], '"fire"'],
  [['--fast'], '--fast'],
])('%j is refused by name', (args, name) => {
  expect(() => parseCoherenceOptions(args)).toThrow(name)
})
