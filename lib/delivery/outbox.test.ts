import { expect, test } from 'vitest'
import { JOB_ENTITIES, jobsOf } from './outbox.ts'

const rows = (...sizes: number[]) =>
  sizes.map((size, id) => ({ id, entityIds: Array.from({ length: size }, (_, i) => i) }))
const shape = (...sizes: number[]) => jobsOf(rows(...sizes)).map((job) => job.map(({ id }) => id))

test('the rows of a large edit become jobs of a bounded size, each row in one of them, in order', () => {
  expect(shape(1, 1, 1)).toEqual([[0, 1, 2]])
  expect(shape(1_000, 1_000, 1_000, 1_000, 1_000)).toEqual([[0, 1, 2, 3], [4]])
  expect(shape(1_000, JOB_ENTITIES, 1)).toEqual([[0], [1], [2]])
  expect(shape()).toEqual([])
})
