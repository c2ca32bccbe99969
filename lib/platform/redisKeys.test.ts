import { expect, test } from 'vitest'
import { KEY_PATTERNS, keys } from '#lib/coherence/protocol/keys.ts'
import { REDIS_PATTERNS, redisKeys } from './redisKeys.ts'

const ENDS_WITH_ANYTHING = /^(.+)\*$/

/** The form of a key of this kind. */
const example = (key: unknown) => (typeof key === 'function' ? Reflect.apply(key, undefined, ['a', 'b']) : key)

test('each key stands in the patterns of the access lists, or Redis refuses it to the shop', () => {
  const patterns = [...Object.values(KEY_PATTERNS), ...Object.values(REDIS_PATTERNS).flat()]
  const prefixes = patterns.map((pattern) => ENDS_WITH_ANYTHING.exec(pattern)?.[1] ?? pattern)
  const examples = [...Object.values(redisKeys), ...Object.values(keys)].flatMap(example).map(String)
  expect(examples.length).toBeGreaterThan(10)
  const refused = examples.filter((key) => !prefixes.some((prefix) => `${key}:`.startsWith(prefix)))
  expect(refused).toEqual([])
})
