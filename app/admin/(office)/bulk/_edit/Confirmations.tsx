import type { Confirmation } from '#lib/pricing/bulk/contract.ts'
import { Field } from '../../../../_ui/Field.tsx'
import styles from './edit.module.css'

const REASONS: Readonly<Record<Confirmation['kind'], string>> = {
  'many-rows': 'These are many prices.',
  'large-change': 'Some prices change by a lot.',
  'below-floor': 'Some prices fall below the floor, or below half of what they were 30 days ago.',
  rise: 'The rule lowers prices, and rounding or a floor makes these higher.',
  'on-sale': 'These are on sale already.',
  'below-sale': 'A sale that runs or is planned asks more for these.',
  'below-lowest': 'These fall below their lowest price of the last 30 days.',
  'below-cost': 'These fall below what they cost you.',
}

interface Props {
  readonly confirmations: readonly Confirmation[]
  readonly typed: Readonly<Record<string, string>>
  readonly onType: (kind: Confirmation['kind'], text: string) => void
}

/** One field for each guard rail that asks: what is typed must be the phrase. */
export function Confirmations({ confirmations, typed, onType }: Props) {
  return confirmations.map(({ kind, phrase }) => (
    <Field
      key={kind}
      id={`confirm-${kind}`}
      className={styles.confirmation}
      label={
        <>
          {REASONS[kind]} Type <strong className={styles.phrase}>{phrase}</strong> to confirm.
        </>
      }
      value={typed[kind] ?? ''}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onType(kind, event.target.value)}
    />
  ))
}
