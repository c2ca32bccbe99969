import { expect, it } from 'vitest'
import { unstorableText } from './storableText.ts'

it('finds NUL and half characters in every place, and names the place', () => {
  expect(unstorableText('a\0b', 'reason')).toEqual({ field: 'reason', message: expect.stringMatching(/^reason .*NUL/) })
  expect(unstorableText({ changes: [{ reason: 'ok' }, { reason: 'x\ud800' }] })).toMatchObject({
    field: 'changes[1].reason',
    message: expect.stringContaining('lone surrogate'),
  })
  expect(unstorableText({ scope: { 'kind\0': 1 } })).toMatchObject({ field: 'scope' })
  expect(unstorableText(['a', 'b\0'], 'ids')).toMatchObject({ field: 'ids[1]' })
})

it.each(['\u202a', '\u202e', '\u2066', '\u2069'])('finds %j, which turns the direction of a name', (character) => {
  expect(unstorableText({ name: `invoice${character}gpj.exe` })).toMatchObject({
    field: 'name',
    message: expect.stringMatching(/U\+20[26]/),
  })
})

it('lets everything through that can be stored', () => {
  for (const value of ['', '𝄞 \u200f 日本 \t\n', 1, null, undefined, true, { a: [{ b: 'c' }] }, []])
    expect(unstorableText(value)).toBeUndefined()
})
