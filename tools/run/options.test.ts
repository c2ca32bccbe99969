import { expect, test } from 'vitest'
import { parseOptions } from './options.ts'

test('one web instance and one worker process, unless asked for others', () => {
  expect(parseOptions([])).toEqual({ web: 1, workers: 1 })
  expect(parseOptions(['--web', '3', '--workers=2'])).toEqual({ web: 3, workers: 2 })
})

test.each([
  [['--web', 'many'], /--web takes a whole number from 1 to 64, not "many"/],
  [['--workers', '0'], /--workers takes a whole number/],
  [['--web', '1.5'], /--web takes a whole number/],
  [['--port', '1'], /Unknown option '--port'.*Usage/],
  [['extra'], /Unexpected argument 'extra'.*Usage/],
])('%j is refused with a sentence that says what is understood', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message)
})
