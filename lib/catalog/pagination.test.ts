import { describe, expect, it } from 'vitest'
import { pageCount, pageLinks, parsePage } from './pagination.ts'

describe('a page number in an address', () => {
  it.each([
    ['1', 1],
    ['24', 24],
  ])('%j is page %i', (text, page) => expect(parsePage(text)).toBe(page))
  it.each(['0', '-1', '01', '1.0', '1e2', '', 'two', '9999999'])('%j is no page', (text) =>
    expect(parsePage(text)).toBeUndefined(),
  )
})

describe('pageCount', () => {
  it.each([
    [0, 1],
    [1, 1],
    [24, 1],
    [25, 2],
  ])('%i products need %i pages of 24', (total, pages) => expect(pageCount(total, 24)).toBe(pages))
})

describe('pageLinks', () => {
  it.each([
    [1, 1, [1]],
    [1, 2, [1, 2]],
    [3, 5, [1, 2, 3, 4, 5]],
    [6, 12, [1, 'gap', 5, 6, 7, 'gap', 12]],
    [4, 12, [1, 2, 3, 4, 5, 'gap', 12]],
    [12, 12, [1, 'gap', 11, 12]],
  ])('on page %i of %i: %j', (current, count, links) => expect(pageLinks(current, count)).toEqual(links))
})
