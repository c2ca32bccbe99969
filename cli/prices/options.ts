/** The command line of `npm run prices`. */
import { parseArgs } from 'node:util'
import { UsageError } from './errors.ts'

const text = { type: 'string' } as const
const list = { type: 'string', multiple: true } as const
const flag = { type: 'boolean' } as const

const SELECTION = {
  category: list,
  brand: list,
  text,
  active: flag,
  discontinued: flag,
  'min-price': text,
  'max-price': text,
  'on-sale': flag,
  'not-on-sale': flag,
  'changed-after': text,
  'changed-before': text,
  sku: list,
  'skus-from': text,
  include: list,
  exclude: list,
  all: flag,
} as const
const RULES = {
  set: text,
  add: text,
  percent: text,
  of: text,
  round: text,
  rounding: text,
  floor: text,
  ceiling: text,
  'start-sale': flag,
  'end-sale': flag,
  'compare-at': text,
} as const
/** Answers to what a file leaves open, and where the rest of it goes. */
const FILE = { encoding: text, column: list, 'near-skus': text, rejected: text } as const
const PRICE_FILE = { numbers: text, dates: text, ignore: list, 'empty-compare-at': text, sales: text } as const
const IMPORT = { ...FILE, ...PRICE_FILE } as const
/** The decision on a preview; a file of stocks has none. */
const DECISION = { confirm: list, at: text, until: text, zone: text } as const
const MANNER = {
  'dry-run': flag,
  reason: text,
  yes: flag,
  ...DECISION,
  rows: text,
  json: flag,
  url: text,
  help: { ...flag, short: 'h' },
} as const
const COMMANDS = {
  csv: text,
  stock: text,
  export: text,
  list: flag,
  schedules: flag,
  status: text,
  watch: text,
  approve: text,
  cancel: text,
  retry: text,
  undo: text,
  'cancel-schedule': text,
} as const
const OPTIONS = { ...SELECTION, ...RULES, ...IMPORT, ...MANNER, ...COMMANDS } as const

export const OPTION_NAMES: readonly string[] = Object.keys(OPTIONS)

function parsed(args: string[]) {
  return parseArgs({ args, options: OPTIONS }).values
}
export type Options = ReturnType<typeof parsed>
export type CommandName = keyof typeof COMMANDS | 'edit'

/** `--percent -10` is meant as it looks: a value that begins like a negative number is never an option. */
function joined(args: readonly string[]): string[] {
  return args.reduce<string[]>((all, arg) => {
    const before = all.at(-1)
    if (before?.startsWith('--') && !before.includes('=') && /^-[\d.]/.test(arg))
      all[all.length - 1] = `${before}=${arg}`
    else all.push(arg)
    return all
  }, [])
}

function given(options: Options, group: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(group).filter((name) => Object.hasOwn(options, name))
}

function refuseTogether(options: Options, names: readonly (keyof Options)[]): void {
  const [one, two] = names.filter((name) => options[name] !== undefined)
  if (two !== undefined) throw new UsageError(`--${one} and --${two} exclude each other.`)
}

/** The given options that belong to other commands. */
function foreign(options: Options, command: CommandName): string[] {
  if (command === 'edit') return given(options, IMPORT)
  if (command === 'stock') return given(options, { ...SELECTION, ...RULES, ...PRICE_FILE, ...DECISION })
  if (command === 'export') return given(options, { ...RULES, ...IMPORT })
  return given(options, { ...SELECTION, ...RULES, ...(command === 'csv' ? {} : IMPORT) })
}

/**
 * The options that were typed, and the command.
 * @throws {UsageError} naming the option that is not understood, or those that exclude each other
 */
export function readOptions(args: readonly string[]): { options: Options; command: CommandName } {
  let options: Options
  try {
    options = parsed(joined(args))
  } catch (error) {
    throw new UsageError(error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error))
  }
  const commands = Object.keys(COMMANDS).filter((name): name is keyof typeof COMMANDS => Object.hasOwn(options, name))
  if (commands.length > 1)
    throw new UsageError(`--${commands[0]} and --${commands[1]} are two commands: give one at a time.`)
  const command = commands[0] ?? 'edit'
  const [stray] = foreign(options, command)
  if (stray !== undefined)
    throw new UsageError(
      command === 'edit' ? `--${stray} goes with --csv.` : `--${stray} does not go with --${command}.`,
    )
  refuseTogether(options, ['active', 'discontinued'])
  refuseTogether(options, ['on-sale', 'not-on-sale'])
  refuseTogether(options, ['set', 'add', 'percent', 'end-sale'])
  refuseTogether(options, ['start-sale', 'end-sale', 'compare-at'])
  refuseTogether(options, ['dry-run', 'yes'])
  refuseTogether(options, ['dry-run', 'at'])
  if (options['dry-run'] && command !== 'edit')
    throw new UsageError(`--dry-run does not go with --${command}: a preview changes no price before it is approved.`)
  if (options.until !== undefined && options.at === undefined) throw new UsageError('--until needs --at.')
  if (options.zone !== undefined && options.at === undefined && options.sales === undefined)
    throw new UsageError('--zone needs --at.')
  return { options, command }
}

/** @returns rows of the preview to show */
export function rowsToShow({ rows = '20' }: Options): number {
  if (!/^\d{1,3}$/.test(rows) || Number(rows) > 500)
    throw new UsageError(`--rows takes a whole number up to 500, not "${rows}".`)
  return Number(rows)
}
