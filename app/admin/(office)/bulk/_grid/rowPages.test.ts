import { describe, expect, test, vi } from 'vitest'
import { type Loaded, RowPages } from './rowPages.ts'

/** A list of 1,000 numbers; each page comes when the test says. */
function list(pageSize = 10, ahead = 0) {
  const asked: number[] = []
  const answers = new Map<number, { resolve: (loaded: Loaded<number>) => void; reject: (error: Error) => void }>()
  const pages = new RowPages<number>(
    (page) => {
      asked.push(page)
      return new Promise((resolve, reject) => answers.set(page, { resolve, reject }))
    },
    pageSize,
    ahead,
  )
  const come = (page: number) =>
    answers
      .get(page)
      ?.resolve({ rows: Array.from({ length: pageSize }, (_, i) => (page - 1) * pageSize + i), total: 1000 })
  const fail = (page: number) => answers.get(page)?.reject(new Error('no answer'))
  return { pages, asked, come, fail }
}

async function first(given: ReturnType<typeof list>) {
  given.pages.want(0, 9)
  given.come(1)
  await vi.waitFor(() => expect(given.pages.total).toBe(1000), 10_000)
}

describe('rows in pages', () => {
  test('what is looked at comes, once, and what is not stays away', async () => {
    const given = list()
    await first(given)
    given.pages.want(0, 15)
    given.pages.want(0, 15)
    given.come(2)
    await vi.waitFor(() => expect(given.pages.row(15)).toBe(15), 10_000)
    expect(given.pages.row(20)).toBeUndefined()
    expect(given.asked).toEqual([1, 2])
  })

  test('what flew by is not asked for', async () => {
    const given = list()
    await first(given)
    for (let row = 100; row <= 900; row += 100) given.pages.want(row, row + 9)
    expect(given.asked).toEqual([1, 11, 21])
    given.come(11)
    await vi.waitFor(() => expect(given.asked).toEqual([1, 11, 21, 91]), 10_000)
  })

  test('loads the rows near the visible ones ahead, and after the visible ones', async () => {
    const given = list(10, 5)
    await first(given)
    given.pages.want(100, 107)
    expect(given.asked).toEqual([1, 11, 10])
    given.come(11)
    await vi.waitFor(() => expect(given.asked).toEqual([1, 11, 10, 12]), 10_000)
    given.pages.want(0, 4)
    given.pages.want(990, 999)
    given.come(10)
    await vi.waitFor(() => expect(given.asked).toEqual([1, 11, 10, 12, 100]), 10_000)
  })

  test('a caller that needs rows that are not there waits for all of them', async () => {
    const given = list()
    await first(given)
    const all = given.pages.ensure(5, 25)
    given.come(2)
    await vi.waitFor(() => expect(given.asked).toEqual([1, 2, 3]), 10_000)
    given.come(3)
    await all
    expect(given.pages.row(25)).toBe(25)
  })

  test('a caller that waits for many rows gets the error when one page of them fails, and no more are asked for', async () => {
    const given = list()
    await first(given)
    const all = given.pages.ensure(0, 59)
    given.fail(2)
    await expect(all).rejects.toThrow('no answer')
    given.come(3)
    await vi.waitFor(() => expect(given.pages.row(20)).toBe(20), 10_000)
    expect(given.asked).toEqual([1, 2, 3])
  })

  test('a page that does not come is said, and asked for again', async () => {
    const given = list()
    await first(given)
    given.pages.want(10, 12)
    given.fail(2)
    await vi.waitFor(() => expect(given.pages.failed).toBe(true), 10_000)
    given.pages.retry()
    given.come(2)
    await vi.waitFor(() => expect(given.pages.row(12)).toBe(12), 10_000)
    expect(given.pages.failed).toBe(false)
  })
})
