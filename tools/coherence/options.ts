import path from 'node:path'
import { FAULT_NAMES, isFaultName, type FaultName } from '../../e2e/coherence/storeFaults/names.ts'
import { parseArgs } from 'node:util'
import { SetupError } from '../progress.mjs'
import { root, type Environment } from '../run/environment.ts'

export interface CoherenceOptions {
  readonly reads: number
  readonly web: number
  /** Reads between two edits. */
  readonly readsAnEdit: number
  /** The run ends after so long, however many reads there were. */
  readonly minutes: number
  /** Read through an edge too: our Worker on workerd, or Varnish. */
  readonly edge: 'local' | 'varnish' | undefined
  /** Kill web instances and the worker in turn. */
  readonly faults: boolean
  /** Faults of stores and processes, one after the other, each with a history of its own in place of the long one; none by default. */
  readonly storeFaults: readonly FaultName[]
  readonly output: string
  /** Instead of embedded ones; said on the command line, because the run edits prices. */
  readonly stores: Environment
  /** As it was typed. */
  readonly command: string
}

const USAGE =
  'Usage: npm run coherence -- [--reads N] [--web N] [--edit-every READS] [--minutes N] [--faults] [--store-faults all|NAME,NAME] [--edge local|varnish] [--output FILE] [--database URL --redis URL]'
const FOR_STORE_FAULTS = `--store-faults takes "all", or some of: ${FAULT_NAMES.join(', ')}`
const STORE = /^--(?:database|redis)(=|$)/

function whole(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new SetupError(`--${name} takes a whole number from 1, not "${text}". ${USAGE}`)
  return value
}

function edgeFrom(text: string | undefined): CoherenceOptions['edge'] {
  if (text === undefined || text === 'local' || text === 'varnish') return text
  throw new SetupError(`--edge takes local or varnish, not "${text}". ${USAGE}`)
}

function storeFaultsFrom(text: string | undefined): readonly FaultName[] {
  if (text === undefined) return []
  if (text === 'all') return FAULT_NAMES
  return text.split(',').map((name) => {
    if (!isFaultName(name)) throw new SetupError(`${FOR_STORE_FAULTS}; not "${name}". ${USAGE}`)
    return name
  })
}

/**
 * The options of `npm run coherence -- …`.
 * @throws {SetupError} naming the argument that is not understood
 */
export function parseCoherenceOptions(args: readonly string[]): CoherenceOptions {
  const text = (byDefault: string) => ({ type: 'string' as const, default: byDefault })
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        reads: text('3000000'),
        web: text('3'),
        'edit-every': text('1000'),
        minutes: text('120'),
        output: { type: 'string' },
        faults: { type: 'boolean', default: false },
        'store-faults': { type: 'string' },
        edge: { type: 'string' },
        database: { type: 'string' },
        redis: { type: 'string' },
      },
    })
    const storeFaults = storeFaultsFrom(values['store-faults'])
    const byDefault = storeFaults.length > 0 ? 'docs/results/store-faults.md' : 'docs/results/coherence.md'
    const shown = args.filter((arg, i) => !STORE.test(arg) && STORE.exec(args[i - 1] ?? '')?.[1] !== '')
    return {
      reads: whole('reads', values.reads),
      web: whole('web', values.web),
      readsAnEdit: whole('edit-every', values['edit-every']),
      minutes: whole('minutes', values.minutes),
      faults: values.faults,
      storeFaults,
      edge: edgeFrom(values.edge),
      output: path.resolve(root, values.output ?? byDefault),
      stores: {
        ...(values.database !== undefined && { DATABASE_URL: values.database }),
        ...(values.redis !== undefined && { REDIS_URL: values.redis }),
      },
      command: ['npm run coherence --', ...shown].join(' '),
    }
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(`${error instanceof Error ? error.message.split('. ')[0] : String(error)}. ${USAGE}`)
  }
}
