import { expect, test } from 'vitest'
import { hasCurrentCopy } from './ifNoneMatch.ts'

test.each([
  ['the tag', '"a"', '"a"', true],
  ['the tag, made weak by a proxy that packs', 'W/"a"', '"a"', true],
  ['the strong form of a weak tag', '"a"', 'W/"a"', true],
  ['a list with the tag', '"x", W/"a" ,"y"', 'W/"a"', true],
  ['a list without spaces', '"x","a"', '"a"', true],
  ['a list with a comma in a tag', '"x,y", "a,b"', '"a,b"', true],
  ['any', ' * ', '"a"', true],
  ['any, of what has no tag', '*', undefined, false],
  ['another tag', '"b"', '"a"', false],
  ['a tag of which ours is a part', '"xa"', '"a"', false],
  ['a part of a tag with a comma', '"x,a"', '"a"', false],
  ['a tag of other capitals', '"A"', '"a"', false],
  ['a tag without quotes', 'a', '"a"', false],
  ['nothing', '', '"a"', false],
  ['no header', null, '"a"', false],
])('takes a request with %s (%s) for one of %s: %s', (_name, header, etag, current) => {
  expect(hasCurrentCopy(header, etag)).toBe(current)
})
