import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { permissionsOf, type Role } from '#lib/access/permissions.ts'
import { authorityOf, confirmationsOf, crossingsOf, decide, describeMove } from './limits.ts'

const authority = (role: Role) => authorityOf({ role, permissions: permissionsOf(role) })
const one = (crossings: ReturnType<typeof crossingsOf>) => ({
  changed: 1,
  large: crossings.filter(({ guard }) => guard === 'large-change').length,
  belowFloor: crossings.filter(({ guard }) => guard === 'below-floor').length,
})
const judge = (
  role: Role,
  oldMinor: number,
  newMinor: number,
  usualMinor: number | null = oldMinor,
  said: string[] = [],
) =>
  decide(
    one(crossingsOf({ oldMinor, newMinor, usualMinor, currency: 'EUR' }, authority(role).limits)),
    authority(role),
    said,
  )

describe('a price that moves', () => {
  test.each<[string, Role, number, number, number | null, 'allowed' | 'confirm' | 'refused']>([
    ['from 130.99 to 0.01 is refused an editor', 'editor', 13_099, 1, 13_099, 'refused'],
    ['from 130.99 to 0.01 must be confirmed by an administrator', 'admin', 13_099, 1, 13_099, 'confirm'],
    ['by exactly the limit is allowed', 'editor', 1000, 700, 1000, 'allowed'],
    ['by a cent more than the limit, down, is refused', 'editor', 1000, 699, 1000, 'refused'],
    ['by a cent more than the limit, up, is refused', 'editor', 1000, 1301, 1000, 'refused'],
    [
      'between the limits of the two roles is an administrator’s without a question',
      'admin',
      1000,
      699,
      1000,
      'allowed',
    ],
    [
      'in small steps to below half of what it cost 30 days ago is refused an editor',
      'editor',
      510,
      499,
      1000,
      'refused',
    ],
    ['in small steps to below half of it must be confirmed by an administrator', 'admin', 510, 499, 1000, 'confirm'],
    ['up, while it is still low, is allowed', 'editor', 400, 450, 1000, 'allowed'],
    ['without a known past is judged by its step alone', 'editor', 510, 499, null, 'allowed'],
    ['not at all is allowed', 'editor', 1000, 1000, 1000, 'allowed'],
    ['at a viewer’s wish is refused', 'viewer', 1000, 1001, 1000, 'refused'],
  ])('%s', (_name, role, oldMinor, newMinor, usual, kind) => {
    expect(judge(role, oldMinor, newMinor, usual)).toMatchObject({ kind })
  })

  test('is allowed with each phrase that is asked for, exactly, and with no other', () => {
    const asked = judge('admin', 13_099, 1)
    const phrases = asked.kind === 'confirm' ? asked.missing.map(({ phrase }) => phrase) : []
    expect(phrases).toEqual(['change 1 price by more than 50 percent', 'set 1 price below the floor'])
    expect(judge('admin', 13_099, 1, 13_099, [...phrases.toReversed(), 'something else'])).toMatchObject({
      kind: 'allowed',
      confirmed: [{ kind: 'large-change' }, { kind: 'below-floor' }],
    })
    expect(judge('admin', 13_099, 1, 13_099, phrases.slice(1))).toMatchObject({
      kind: 'confirm',
      missing: [{ phrase: phrases[0] }],
    })
    expect(
      judge(
        'admin',
        13_099,
        1,
        13_099,
        phrases.map((phrase) => phrase.toUpperCase()),
      ),
    ).toMatchObject({ kind: 'confirm', missing: { length: 2 } })
    expect(judge('editor', 13_099, 1, 13_099, phrases)).toMatchObject({ kind: 'refused' })
  })

  test('is allowed without a phrase exactly when it stays within the limits of the role', () => {
    const cents = fc.integer({ min: 1, max: 99_999_999 })
    fc.assert(
      fc.property(fc.constantFrom<Role>('editor', 'admin'), cents, cents, cents, (role, oldMinor, newMinor, usual) => {
        const { percent } = authority(role).limits
        const within =
          Math.abs(newMinor - oldMinor) * 100 <= percent * oldMinor && (newMinor >= oldMinor || newMinor * 2 >= usual)
        expect(judge(role, oldMinor, newMinor, usual).kind).toBe(
          within ? 'allowed' : role === 'admin' ? 'confirm' : 'refused',
        )
      }),
    )
  })
})

test.each([
  [13_099, 1, 'EUR', '€130.99 to €0.01 is 99.99 % less'],
  [1000, 700, 'EUR', '€10.00 to €7.00 is 30 % less'],
  [1000, 1305, 'EUR', '€10.00 to €13.05 is 30.5 % more'],
  [129_000, 64_500, 'JPY', '¥129,000 to ¥64,500 is 50 % less'],
  [1290, 2580, 'KWD', 'KWD\u00a01.290 to KWD\u00a02.580 is 100 % more'],
  [1, 99_999_999, 'EUR', '€0.01 to €999,999.99 is 9,999,999,800 % more'],
])('%i to %i %s is said in words', (oldMinor, newMinor, currency, words) => {
  expect(describeMove({ oldMinor, newMinor, currency })).toBe(words)
})

test('the floor is said in the currency of the price', () => {
  const [, low] = crossingsOf(
    { oldMinor: 129_000, newMinor: 1000, usualMinor: 130_000, currency: 'JPY' },
    { percent: 50 },
  )
  expect(low?.message).toContain('¥130,000')
})

test('many prices are asked about beyond the limit of the role', () => {
  const counts = { changed: 1_001, large: 2, belowFloor: 1 }
  expect(confirmationsOf(counts, authority('editor').limits).map(({ phrase }) => phrase)).toEqual([
    'change 1001 prices',
    'change 2 prices by more than 30 percent',
    'set 1 price below the floor',
  ])
  expect(confirmationsOf({ ...counts, large: 0, belowFloor: 0 }, authority('admin').limits)).toEqual([])
})
