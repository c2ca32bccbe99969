import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../run/environment.ts'
import { profileOf } from './profile.ts'

test('the long profile adds chaos of five minutes, the proof of it and each bug of the simulation to all tests', () => {
  expect(profileOf([])).toEqual({ browser: true, long: [] })
  expect(profileOf(['--short'])).toEqual({ browser: false, long: [] })
  const { browser, long } = profileOf(['--long'])
  expect(browser).toBe(true)
  expect(long.map(({ args }) => args.join(' '))).toEqual([
    'tools/chaos.ts --minutes 5',
    'tools/chaos.ts --prove',
    'tools/simulate.ts --bug all',
  ])
  const scripts = readFileSync(path.join(root, 'package.json'), 'utf8')
  for (const { args } of long) expect(scripts).toContain(`node ${args[0]}"`)
})

test.each([['--long', '--short'], ['--lnog'], ['cart']])('refuses %s and names the way out', (...args) => {
  expect(() => profileOf(args)).toThrow('npm test [-- --long]')
})
