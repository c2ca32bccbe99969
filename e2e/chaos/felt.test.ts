import { expect, test } from 'vitest'
import { signsOfFaults } from './felt.ts'

const counts = { reads: 9, byKind: {}, byOrigin: {}, byPlace: {}, byAnswer: {} }
const calm = { live: 5, propagating: 0, sql: 5, unanswered: 0, refused: 0 }

test('signs of faults are reads without an answer or a confirmed one, and edits that were not live; what is usual is none', () => {
  const usual = { 'HIT l1': 7, 'MISS next': 2, 'PASS edge': 1 }
  const load = { counts: { ...counts, byCache: usual, failures: {} } }
  expect(signsOfFaults({ load, writers: { counts: calm } })).toBe(0)
  const away = {
    counts: { ...counts, byCache: { ...usual, 'STALE l1': 3 }, failures: { 'home, html: status 503': 4 } },
  }
  expect(
    signsOfFaults({ load: away, writers: { counts: { ...calm, propagating: 10, refused: 20, unanswered: 30 } } }),
  ).toBe(67)
})
