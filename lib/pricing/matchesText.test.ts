import { describe, expect, it } from 'vitest'
import { prefixQuery } from './matchesText.ts'

describe('prefixQuery', () => {
  it.each([
    ['Oak ta', 'oak:* & ta:*'],
    ['a1-b2', 'a1:* & b2:*'],
    ["x' | !y:*", 'x:* & y:*'],
    ['椅子', '椅子:*'],
  ])('makes beginnings of words out of %j, and nothing else', (text, query) => expect(prefixQuery(text)).toBe(query))

  it('has nothing to look for in signs alone', () => expect(prefixQuery('%&|!')).toBeUndefined())
})
