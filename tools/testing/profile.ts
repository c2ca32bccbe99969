/** The parts of a test run that its options choose: `--short` leaves some out, `--long` adds others. */
import { parseArgs } from 'node:util'
import { SetupError } from '../progress.mjs'

/** A command that is one test: it ends with 0, or it has failed. */
export interface LongTest {
  readonly title: string
  /** Of Node, from the root. */
  readonly args: readonly string[]
}

const LONG: readonly LongTest[] = [
  { title: 'Five minutes of chaos', args: ['tools/chaos.ts', '--minutes', '5'] },
  { title: 'Chaos finds each defect made on purpose', args: ['tools/chaos.ts', '--prove'] },
  { title: 'The simulation finds each known bug', args: ['tools/simulate.ts', '--bug', 'all'] },
]

interface Profile {
  /** The production build and the browser tests. */
  readonly browser: boolean
  /** After all others. */
  readonly long: readonly LongTest[]
}

/** @param args of the command line @throws {SetupError} that names the options */
export function profileOf(args: readonly string[]): Profile {
  const usage = 'Usage: npm test [-- --long], npm run verify; one test: npm run unit -- word, npm run e2e -- word.'
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { short: { type: 'boolean' }, long: { type: 'boolean' } },
    })
    if (values.short && values.long) throw new SetupError(`--short and --long exclude each other. ${usage}`)
    return { browser: !values.short, long: values.long ? LONG : [] }
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(`${error instanceof Error ? error.message.split('. ')[0] : String(error)}. ${usage}`)
  }
}
