import { parseArgs } from 'node:util'
import { SetupError } from '../progress.mjs'

export interface Options {
  /** Web instances. */
  readonly web: number
  /** Worker processes. */
  readonly workers: number
}

const USAGE = 'Usage: npm start -- [--web N] [--workers N]'
const MOST = 64

function count(name: string, text: string | undefined): number {
  if (text === undefined) return 1
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > MOST) {
    throw new SetupError(`--${name} takes a whole number from 1 to ${MOST}, not "${text}". ${USAGE}`)
  }
  return value
}

/**
 * The options of `npm start -- …`.
 * @throws {SetupError} naming the argument that is not understood
 */
export function parseOptions(args: readonly string[]): Options {
  let values: { web?: string | undefined; workers?: string | undefined }
  try {
    values = parseArgs({ args: [...args], options: { web: { type: 'string' }, workers: { type: 'string' } } }).values
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message.split('. ')[0] : String(error)}. ${USAGE}`)
  }
  return { web: count('web', values.web), workers: count('workers', values.workers) }
}
