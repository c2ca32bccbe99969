'use client'

import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { amountToInput } from '#lib/money/money.ts'
import { Field, SelectField } from '../../../../_ui/Field.tsx'
import { describeRules } from '../_lib/describeRules.ts'
import { isUntouched, readRules, type RulesForm, unreadRules, valueLabel } from '../_lib/rulesForm.ts'
import styles from './Editor.module.css'
import { Panel } from '../../../_components/Layout.tsx'

interface Props {
  readonly rules: RulesForm
  readonly onChange: (rules: RulesForm) => void
}

const AMOUNTS: readonly (readonly [RulesForm['amount'], string])[] = [
  ['keep', 'Leave as it is'],
  ['percent-down', 'Lower by percent'],
  ['percent-up', 'Raise by percent'],
  ['minus', 'Lower by an amount'],
  ['plus', 'Raise by an amount'],
  ['set', 'Set to'],
  ['cost-plus', 'Cost plus percent'],
  ['restore', 'Back to compare-at'],
]
const PARTS = [
  ['.99', 'To .99'],
  ['.95', 'To .95'],
  ['.00', 'To .00'],
  ['0.05', 'To 0.05'],
] as const
/** A currency without hundredths ends in none. */
const ROUNDINGS: readonly (readonly [RulesForm['rounding'], string])[] = [
  ['none', `To ${amountToInput(1)}`],
  ...(SHOP_CURRENCY.digits < 2 ? [] : PARTS),
]
const MODES: readonly (readonly [RulesForm['mode'], string])[] = [
  ['half-even', 'Nearest'],
  ['down', 'Down'],
  ['up', 'Up'],
]
const COMPARE_AT: readonly (readonly [RulesForm['compareAt'], string])[] = [
  ['keep', 'Leave as it is'],
  ['old-price', 'Show the old price (start a sale)'],
  ['set', 'Set to'],
  ['clear', 'Remove (end a sale)'],
]

function Options({ options }: { options: readonly (readonly [string, string])[] }) {
  return options.map(([value, words]) => (
    <option key={value} value={value}>
      {words}
    </option>
  ))
}

/** @returns the option of this value */
function chosen<T extends string>(options: readonly (readonly [T, string])[], value: string, otherwise: T): T {
  return options.find(([option]) => option === value)?.[0] ?? otherwise
}

/** The rules, in the order in which they are applied. */
export function RulesPanel({ rules, onChange }: Props) {
  const read = readRules(rules)
  const set = (part: Partial<RulesForm>) => onChange({ ...rules, ...part })
  const errorOf = (field: keyof typeof read.errors, text: string) => (text === '' ? undefined : read.errors[field])
  const takesValue = rules.amount !== 'keep' && rules.amount !== 'restore'
  const percent = rules.amount === 'percent-up' || rules.amount === 'percent-down'
  return (
    <Panel as="fieldset">
      <legend>2. Change</legend>
      <div className={styles.fields}>
        <SelectField
          id="rule-amount"
          label="Price"
          value={rules.amount}
          onChange={(event) => set({ amount: chosen(AMOUNTS, event.target.value, 'keep') })}
        >
          <Options options={AMOUNTS} />
        </SelectField>
        {takesValue ? (
          <Field
            id="rule-value"
            label={valueLabel(rules)}
            inputMode="decimal"
            placeholder={percent || rules.amount === 'cost-plus' ? '15' : amountToInput(0)}
            value={rules.value}
            error={errorOf('value', rules.value)}
            onChange={(event) => set({ value: event.target.value })}
          />
        ) : null}
        {percent ? (
          <SelectField
            id="rule-of"
            label="Of"
            value={rules.percentOf}
            onChange={(event) => set({ percentOf: event.target.value === 'compare-at' ? 'compare-at' : 'price' })}
          >
            <option value="price">the price</option>
            <option value="compare-at">the compare-at price</option>
          </SelectField>
        ) : null}
        <SelectField
          id="rule-rounding"
          label="Round"
          value={rules.rounding}
          onChange={(event) => set({ rounding: chosen(ROUNDINGS, event.target.value, 'none') })}
        >
          <Options options={ROUNDINGS} />
        </SelectField>
        {rules.rounding === 'none' ? null : (
          <SelectField
            id="rule-mode"
            label="Which way"
            value={rules.mode}
            onChange={(event) => set({ mode: chosen(MODES, event.target.value, 'half-even') })}
          >
            <Options options={MODES} />
          </SelectField>
        )}
        <Field
          id="rule-floor"
          label="Not below"
          inputMode="decimal"
          placeholder="no floor"
          value={rules.floor}
          error={errorOf('floor', rules.floor)}
          onChange={(event) => set({ floor: event.target.value })}
        />
        <Field
          id="rule-ceiling"
          label="Not above"
          inputMode="decimal"
          placeholder="no ceiling"
          value={rules.ceiling}
          error={errorOf('ceiling', rules.ceiling)}
          onChange={(event) => set({ ceiling: event.target.value })}
        />
        <Field
          id="rule-margin"
          label="Margin of at least"
          inputMode="decimal"
          placeholder="any, in %"
          value={rules.minMargin}
          error={errorOf('minMargin', rules.minMargin)}
          onChange={(event) => set({ minMargin: event.target.value })}
        />
        <SelectField
          id="rule-compare-at"
          label="Compare-at price"
          value={rules.compareAt}
          onChange={(event) => set({ compareAt: chosen(COMPARE_AT, event.target.value, 'keep') })}
        >
          <Options options={COMPARE_AT} />
        </SelectField>
        {rules.compareAt === 'set' ? (
          <Field
            id="rule-compare-at-value"
            label={`Compare-at in ${SHOP_CURRENCY.symbol}`}
            inputMode="decimal"
            value={rules.compareAtValue}
            error={errorOf('compareAtValue', rules.compareAtValue)}
            onChange={(event) => set({ compareAtValue: event.target.value })}
          />
        ) : null}
      </div>
      <p className="muted" aria-live="polite">
        {isUntouched(rules)
          ? 'No rule yet. You can also type new prices into the grid below: those win over the rules.'
          : read.rules
            ? `In this order: ${describeRules(read.rules).join(', then ')}. Prices typed into the grid win over this.`
            : `Cannot be read yet: ${unreadRules(rules).join(', ')}.`}
      </p>
    </Panel>
  )
}
