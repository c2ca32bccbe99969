import { expect, test } from 'vitest'
import playwright from '../../playwright.config.ts'
import { browserRuns } from './phases.ts'

test('every project of the browser tests is in one phase', () => {
  const named = browserRuns([])
    .flat()
    .filter((arg) => arg.startsWith('--project='))
  expect(named.toSorted()).toEqual(playwright.projects?.map(({ name }) => `--project=${name}`).toSorted())
})

test('runs chosen tests one after the other', () => {
  expect(browserRuns(['cart', '-g', 'counts'])).toEqual([['--workers=1', 'cart', '-g', 'counts']])
})
