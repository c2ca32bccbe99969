/** The short form of `npm run model`: small bounds, the protocol and the three variants that must break. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { SHORT, type Variant } from './model/variants.ts'
import { complaint, readOutput, verify, type Verdict } from './model/verify.ts'
import { spinProgram } from './services/spinProgram.ts'

const INSTALL_MS = 180_000
const SEARCH_MS = 120_000
const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-model-'))
let spin: Promise<string> | undefined

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Asked for by each test and not before them all: tests after a failed hook count as skipped. */
async function check(variant: Variant): Promise<Verdict> {
  spin ??= spinProgram(AbortSignal.timeout(INSTALL_MS))
  const signal = AbortSignal.timeout(INSTALL_MS + SEARCH_MS)
  return verify(variant, { spin: await spin, folder, megabytes: 1_000, optimize: 0, signal })
}

test.each(SHORT.filter(({ expected }) => expected === 'holds'))(
  'holds its properties in every state of the $name',
  async (variant) => {
    expect(complaint(variant, await check(variant))).toBeUndefined()
  },
  INSTALL_MS + SEARCH_MS,
)

test.each(SHORT.filter(({ expected }) => expected === 'violated'))(
  'finds a counterexample when a part is taken out: $name',
  async (variant) => {
    expect((await check(variant)).violated).toMatch(/^[12]: older than|^all or nothing/)
  },
  INSTALL_MS + SEARCH_MS,
)

const PRINTED = `State-vector 132 byte, depth reached 99, errors: 0
       10 states, stored
    1.000	total actual memory usage
unreached in proctype Outside
	lease.pml:187, state 3, "version = (version+1)"
	lease.pml:188, state 8, "-end-"
pan: elapsed time 0.01 seconds`

test('refuses a search that ended at a limit', () => {
  const verdict = readOutput(`error: max search depth too small\n${PRINTED}`)
  expect(complaint({ name: 'protocol', expected: 'holds', macros: [] }, verdict)).toBe('not every state was visited')
})

test('refuses a line that no run comes to, where each must be reached', () => {
  const variant = { name: 'protocol', expected: 'holds', macros: [] } as const
  const verdict = readOutput(PRINTED)
  expect(complaint(variant, verdict)).toBeUndefined()
  expect(complaint({ ...variant, reachesEveryLine: true }, verdict)).toMatch('line 187')
})

test('refuses a variant without a part in which nothing breaks', () => {
  expect(complaint({ name: 'no-term', expected: 'violated', macros: [] }, readOutput(PRINTED))).toMatch('no violation')
})
