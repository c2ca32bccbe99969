/** The short form of `npm run model`: small bounds, the protocol and the three variants that must break. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { SHORT, type Variant } from './model/variants.ts'
import { readOutput, verify, type Verdict } from './model/verify.ts'
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
  'holds 1, 2 and 9 in every state of the $name',
  async (variant) => {
    expect(await check(variant)).toMatchObject({ violated: undefined, complete: true })
  },
  INSTALL_MS + SEARCH_MS,
)

test.each(SHORT.filter(({ expected }) => expected === 'violated'))(
  'finds a counterexample when a part is taken out: $name',
  async (variant) => {
    expect((await check(variant)).violated).toMatch(/^[12]: older than/)
  },
  INSTALL_MS + SEARCH_MS,
)

test('calls a search incomplete when it ended at a limit', () => {
  const output = `error: max search depth too small
State-vector 132 byte, depth reached 99, errors: 0
       10 states, stored
    1.000	total actual memory usage
pan: elapsed time 0.01 seconds`
  expect(readOutput(output)).toMatchObject({ violated: undefined, complete: false })
})
