/**
 * `npm run model`: Spin searches every state of the protocol's model, and finds what breaks in each variant that lacks a
 * part. `npm run model -- no-term` runs the variants whose name has the word. Fails when one is not as it must be.
 */
import path from 'node:path'
import { markdownTable, type Row } from './figures/markdownTable.ts'
import { FULL } from './model/variants.ts'
import { complaint, verify } from './model/verify.ts'
import { say, SetupError, step, stopWithSentence } from './progress.mjs'
import { root } from './run/environment.ts'
import { spinProgram } from './services/spinProgram.ts'

const MINUTES = 30
const MEGABYTES = 4_000
const folder = path.join(root, '.data/model')

async function model(word = ''): Promise<void> {
  const variants = FULL.filter(({ name }) => name.includes(word))
  if (variants.length === 0) {
    throw new SetupError(`No variant has "${word}" in its name. There are ${FULL.map(({ name }) => name).join(', ')}.`)
  }
  const spin = await spinProgram(AbortSignal.timeout(MINUTES * 60_000))
  const rows: Row[] = []
  const wrong: string[] = []
  for (const variant of variants) {
    const { name, macros } = variant
    const verdict = await step(name, () =>
      verify(variant, {
        spin,
        folder,
        megabytes: MEGABYTES,
        optimize: 2,
        signal: AbortSignal.timeout(MINUTES * 60_000),
      }),
    )
    const { states, depth, seconds, megabytes, violated } = verdict
    const fault = complaint(variant, verdict)
    if (fault !== undefined) wrong.push(`${name}: ${fault}`)
    const cells = [name, macros.join(' '), states.toLocaleString('en'), depth, seconds, Math.round(megabytes)]
    rows.push([...cells, fault ?? violated ?? 'holds'])
  }
  say(`\n${markdownTable(['variant', 'macros', 'states', 'depth', 'seconds', 'MB', 'verdict'], rows)}`)
  if (wrong.length > 0) throw new SetupError(`The model is not as it must be. ${wrong.join('; ')}.`)
}

try {
  await model(process.argv[2])
} catch (error) {
  stopWithSentence(error)
}
