import { showMoney } from '#lib/money/money.ts'
import styles from './Amounts.module.css'

export function Money({ amountMinor }: { amountMinor: number }) {
  return <span className="money">{showMoney(amountMinor)}</span>
}

const PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' })

/** A price is above zero, so it never falls by 100 percent: −99.99 is shown as −99.9%. */
const LOWEST_MOVE = -0.999

/** The move of a price: `+5.2%`. Said in words and sign, never by colour alone. */
export function Delta({ from, to }: { from: number | null; to: number }) {
  if (from === null || Math.abs(to - from) / from < 0.0005) return null // would be shown as 0%
  return (
    <span className={to > from ? styles.up : styles.down}>
      {PERCENT.format(Math.max((to - from) / from, LOWEST_MOVE)).replace('-', '−')}
    </span>
  )
}

/** `€9.90 → €8.50 −14.1%` @param percent false where the words beside it say how much that is */
export function Move({ from, to, percent = true }: { from: number | null; to: number; percent?: boolean }) {
  return (
    <span className={styles.move}>
      {from === null ? null : (
        <>
          <span className={styles.old}>
            <span className="visually-hidden">from </span>
            <Money amountMinor={from} />
          </span>
          <span aria-hidden="true" className={styles.arrow}>
            →
          </span>
          <span className="visually-hidden"> to </span>
        </>
      )}
      <strong>
        <Money amountMinor={to} />
      </strong>
      {percent ? <Delta from={from} to={to} /> : null}
    </span>
  )
}
