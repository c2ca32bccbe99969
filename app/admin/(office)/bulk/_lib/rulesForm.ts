/** Between the texts of the rules panel and the rules of a bulk edit. Nothing is guessed: what is unclear is said. */
import type { Rules } from '#lib/pricing/bulk/contract.ts'
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { parseMoney } from '#lib/money/money.ts'

type AmountKind = 'keep' | 'set' | 'plus' | 'minus' | 'percent-up' | 'percent-down' | 'cost-plus' | 'restore'
type CompareAtKind = Rules['compareAt']['kind']
type Rounding = NonNullable<Rules['rounding']>

export interface RulesForm {
  readonly amount: AmountKind
  readonly value: string
  readonly percentOf: 'price' | 'compare-at'
  readonly rounding: Rounding['to'] | 'none'
  readonly mode: Rounding['mode']
  readonly floor: string
  readonly ceiling: string
  /** Percent that at least are left after the cost. */
  readonly minMargin: string
  readonly compareAt: CompareAtKind
  readonly compareAtValue: string
}

export const NO_RULES: RulesForm = {
  amount: 'keep',
  value: '',
  percentOf: 'price',
  rounding: 'none',
  mode: 'half-even',
  floor: '',
  ceiling: '',
  minMargin: '',
  compareAt: 'keep',
  compareAtValue: '',
}

type RulesErrors = Partial<Record<'value' | 'floor' | 'ceiling' | 'minMargin' | 'compareAtValue', string>>

export interface ReadRules {
  /** Absent while a field is wrong. */
  readonly rules: Rules | undefined
  readonly errors: RulesErrors
}

const PERCENT = /^(\d{1,6})(?:[.,](\d{1,4}))?$/

/** `12,5 %` is 12.5. @returns the decimal text, or what is wrong */
export function parsePercent(
  text: string,
): { readonly ok: true; readonly percent: string } | { readonly ok: false; readonly message: string } {
  const typed = text.replace(/\s*%\s*$/, '').trim()
  if (typed === '') return { ok: false, message: 'Enter a percentage such as 15 or 12.5.' }
  if (/^[-+−]/.test(typed)) return { ok: false, message: 'Leave out the sign: choose whether prices rise or fall.' }
  const match = PERCENT.exec(typed)
  if (!match) return { ok: false, message: 'A percentage has digits and at most four decimals, such as 15 or 12.5.' }
  const [, whole = '0', decimals] = match
  const percent = `${Number(whole)}${decimals === undefined ? '' : `.${decimals}`}`
  return Number(percent) === 0 ? { ok: false, message: 'Nothing changes by 0 %.' } : { ok: true, percent }
}

type Part<T> = { readonly value: T } | { readonly error: string }

function cents(text: string): Part<number> {
  const money = parseMoney(text)
  return money.ok ? { value: money.amountMinor } : { error: money.message }
}

function optionalAmount(text: string): Part<number | undefined> {
  return text.trim() === '' ? { value: undefined } : cents(text)
}

function readAmount({ amount, value, percentOf }: RulesForm): Part<Rules['amount']> {
  if (amount === 'keep' || amount === 'restore') return { value: { kind: amount } }
  if (amount === 'percent-up' || amount === 'percent-down') {
    const parsed = parsePercent(value)
    if (!parsed.ok) return { error: parsed.message }
    if (amount === 'percent-down' && Number(parsed.percent) >= 100)
      return { error: 'A price cannot fall by 100 % or more.' }
    return {
      value: { kind: 'percent', percent: `${amount === 'percent-down' ? '-' : ''}${parsed.percent}`, of: percentOf },
    }
  }
  if (amount === 'cost-plus') {
    const parsed = parsePercent(value)
    return parsed.ok ? { value: { kind: 'cost-plus', percent: parsed.percent } } : { error: parsed.message }
  }
  const money = cents(value)
  if ('error' in money) return money
  if (amount === 'set') return { value: { kind: 'set', cents: money.value } }
  return { value: { kind: 'add', cents: amount === 'plus' ? money.value : -money.value } }
}

function readMargin(text: string): Part<string | undefined> {
  if (text.trim() === '') return { value: undefined }
  const parsed = parsePercent(text)
  if (!parsed.ok) return { error: parsed.message }
  return Number(parsed.percent) >= 100 ? { error: 'A margin is below 100 %.' } : { value: parsed.percent }
}

function readCompareAt({ compareAt, compareAtValue }: RulesForm): Part<Rules['compareAt']> {
  if (compareAt !== 'set') return { value: { kind: compareAt } }
  const money = cents(compareAtValue)
  return 'error' in money ? money : { value: { kind: 'set', cents: money.value } }
}

/** Reads the panel. */
export function readRules(form: RulesForm): ReadRules {
  const amount = readAmount(form)
  const floor = optionalAmount(form.floor)
  const ceiling = optionalAmount(form.ceiling)
  const margin = readMargin(form.minMargin)
  const compareAt = readCompareAt(form)
  const crossed =
    'value' in floor &&
    'value' in ceiling &&
    floor.value !== undefined &&
    ceiling.value !== undefined &&
    floor.value > ceiling.value
  const errors: RulesErrors = {
    ...('error' in amount ? { value: amount.error } : {}),
    ...('error' in floor ? { floor: floor.error } : {}),
    ...('error' in ceiling
      ? { ceiling: ceiling.error }
      : crossed
        ? { ceiling: 'The ceiling is below the floor.' }
        : {}),
    ...('error' in margin ? { minMargin: margin.error } : {}),
    ...('error' in compareAt ? { compareAtValue: compareAt.error } : {}),
  }
  if (
    'error' in amount ||
    'error' in floor ||
    'error' in ceiling ||
    'error' in margin ||
    'error' in compareAt ||
    crossed
  )
    return { rules: undefined, errors }
  const rules: Rules = {
    amount: amount.value,
    compareAt: compareAt.value,
    ...(form.rounding === 'none' ? {} : { rounding: { to: form.rounding, mode: form.mode } }),
    ...(floor.value === undefined ? {} : { floorCents: floor.value }),
    ...(ceiling.value === undefined ? {} : { ceilingCents: ceiling.value }),
    ...(margin.value === undefined ? {} : { minMarginPercent: margin.value }),
  }
  return { rules, errors }
}

/** True while the panel asks for nothing. A field has an error only once it was edited. */
export function isUntouched(form: RulesForm): boolean {
  return (
    form.amount === 'keep' &&
    form.compareAt === 'keep' &&
    form.rounding === 'none' &&
    form.floor === '' &&
    form.minMargin === '' &&
    form.ceiling === ''
  )
}

/** The label of the field beside the choice of a rule. */
export function valueLabel({ amount }: Pick<RulesForm, 'amount'>): string {
  return amount === 'percent-up' || amount === 'percent-down' || amount === 'cost-plus'
    ? 'Percent'
    : `Amount in ${SHOP_CURRENCY.symbol}`
}

/** The fields that cannot be read, as they are called on the screen. */
export function unreadRules(form: RulesForm): string[] {
  const { errors } = readRules(form)
  const names: Readonly<Record<keyof RulesErrors, string>> = {
    value: valueLabel(form),
    floor: 'Not below',
    ceiling: 'Not above',
    minMargin: 'Margin of at least',
    compareAtValue: `Compare-at in ${SHOP_CURRENCY.symbol}`,
  }
  return (['value', 'floor', 'ceiling', 'minMargin', 'compareAtValue'] as const).flatMap((field) =>
    errors[field] ? names[field] : [],
  )
}
