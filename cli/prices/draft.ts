/**
 * Turns the options into the draft of a bulk edit. It checks only their form; the shop decides which prices are
 * allowed.
 */
import { readFile } from 'node:fs/promises'
import { text as readText } from 'node:stream/consumers'
import type { z } from 'zod'
import type { draft, rules, selection } from '#lib/pricing/bulk/contract.ts'
import { parseMoney } from '#lib/money/money.ts'
import { readSkuList } from '#lib/pricing/skus/sku.ts'
import { UsageError } from './errors.ts'
import type { Options } from './options.ts'

export type SentDraft = z.input<typeof draft>
type SentSelection = z.input<typeof selection>
type SentRules = z.input<typeof rules>

function cents(name: string, typed: string): number {
  const read = parseMoney(typed)
  if (!read.ok) throw new UsageError(`--${name}: ${read.message}`)
  return read.amountMinor
}

function signedCents(name: string, typed: string): number {
  const amount = cents(name, typed.replace(/^[-+]/, ''))
  return typed.startsWith('-') ? -amount : amount
}

function oneOf<const T extends string>(name: string, typed: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === typed)
  if (found === undefined) throw new UsageError(`--${name} is one of ${allowed.join(', ')}, not "${typed}".`)
  return found
}

/** Several values in one option, and the option several times. */
function parts(values: readonly string[] = []): string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '')
}

function ids(name: string, values: readonly string[] | undefined): number[] {
  return parts(values).map((value) => {
    if (!/^[1-9]\d{0,9}$/.test(value)) throw new UsageError(`--${name} takes numbers of products, not "${value}".`)
    return Number(value)
  })
}

/** @param file `-` for standard input */
async function readInput(file: string): Promise<string> {
  if (file === '-') return readText(process.stdin)
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  })
}

async function skusOf({ sku, 'skus-from': file }: Options): Promise<string[] | undefined> {
  if (sku === undefined && file === undefined) return undefined
  const {
    skus,
    problems: [problem],
  } = readSkuList([...(sku ?? []), ...(file === undefined ? [] : [await readInput(file)])].join('\n'))
  if (problem !== undefined) throw new UsageError(`${file === undefined ? '--sku' : '--sku, --skus-from'}: ${problem}`)
  return [...skus]
}

/** @throws {UsageError} when nothing narrows it and `--all` was not said */
export async function selectionOf(options: Options): Promise<SentSelection> {
  const { category, brand, text } = options
  const skus = await skusOf(options)
  const filters: SentSelection = {
    ...(text !== undefined && { text }),
    ...(category && { categories: parts(category) }),
    ...(brand && { brands: parts(brand) }),
    ...(options['min-price'] !== undefined && { minCents: cents('min-price', options['min-price']) }),
    ...(options['max-price'] !== undefined && { maxCents: cents('max-price', options['max-price']) }),
    ...(options.active && { status: 'active' }),
    ...(options.discontinued && { status: 'discontinued' }),
    ...(options['on-sale'] && { onSale: true }),
    ...(options['not-on-sale'] && { onSale: false }),
    ...(options['changed-after'] !== undefined && { changedAfter: options['changed-after'] }),
    ...(options['changed-before'] !== undefined && { changedBefore: options['changed-before'] }),
    ...(skus && { skus }),
  }
  const [added, removed] = [ids('include', options.include), ids('exclude', options.exclude)]
  const narrowed = Object.keys(filters).length > 0
  if (!narrowed && !options.all && added.length === 0)
    throw new UsageError('Which products? Give a filter such as --category, or --all.')
  return { ...filters, matching: narrowed || options.all === true, added, removed }
}

const ROUNDINGS: Readonly<Record<string, '.99' | '.95' | '.00' | '0.05' | '0.01'>> = {
  '.99': '.99',
  '0.99': '.99',
  '.95': '.95',
  '0.95': '.95',
  '.00': '.00',
  '0.00': '.00',
  '.05': '0.05',
  '0.05': '0.05',
  '.01': '0.01',
  '0.01': '0.01',
}

function roundingOf({ round, rounding }: Options): SentRules['rounding'] {
  if (round === undefined) {
    if (rounding !== undefined) throw new UsageError('--rounding needs --round.')
    return undefined
  }
  const to = ROUNDINGS[round]
  if (to === undefined) throw new UsageError(`--round is one of .99, .95, .00, 0.05, 0.01, not "${round}".`)
  return { to, mode: oneOf('rounding', rounding ?? 'half-even', ['half-even', 'up', 'down']) }
}

function amountOf(options: Options): SentRules['amount'] {
  const { set, add, percent, of } = options
  if (of !== undefined && percent === undefined) throw new UsageError('--of needs --percent.')
  if (set !== undefined) return { kind: 'set', cents: cents('set', set) }
  if (add !== undefined) return { kind: 'add', cents: signedCents('add', add) }
  if (percent !== undefined) {
    const number = percent.replace(/^\+/, '').replace(/%$/, '')
    if (!/^-?\d{1,6}(\.\d{1,4})?$/.test(number))
      throw new UsageError(`--percent takes a number such as -10 or 12.5, not "${percent}".`)
    return { kind: 'percent', percent: number, of: oneOf('of', of ?? 'price', ['price', 'compare-at']) }
  }
  return options['end-sale'] ? { kind: 'restore' } : undefined
}

function compareAtOf(options: Options): SentRules['compareAt'] {
  const given = options['compare-at']
  if (options['start-sale']) return { kind: 'old-price' }
  if (options['end-sale'] || given === 'none') return { kind: 'clear' }
  return given === undefined ? undefined : { kind: 'set', cents: cents('compare-at', given) }
}

function rulesOf(options: Options): SentRules {
  const [amount, rounding, compareAt] = [amountOf(options), roundingOf(options), compareAtOf(options)]
  if (!amount && !rounding && !compareAt)
    throw new UsageError(
      'What should happen to the prices? Give --set, --add, --percent, --round, --start-sale, --end-sale or --compare-at.',
    )
  return {
    ...(amount && { amount }),
    ...(rounding && { rounding }),
    ...(options.floor !== undefined && { floorCents: cents('floor', options.floor) }),
    ...(options.ceiling !== undefined && { ceilingCents: cents('ceiling', options.ceiling) }),
    ...(compareAt && { compareAt }),
  }
}

/** @throws {UsageError} naming the option that is wrong or missing */
export async function draftOf(options: Options): Promise<SentDraft> {
  const reason = options.reason ?? (options['dry-run'] ? 'Dry run' : undefined)
  if (reason === undefined) throw new UsageError('Say why, for the history: --reason "Autumn sale".')
  const given = rulesOf(options)
  return { selection: await selectionOf(options), rules: given, reason }
}
