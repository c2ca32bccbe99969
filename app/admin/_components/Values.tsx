/** Shows actors, times and amounts. */
import type { ReactNode } from 'react'
import { currencyOf } from '#lib/money/currencies.ts'
import { parseMoney, showMoney } from '#lib/money/money.ts'
import { absolute, relative } from '../_lib/time.ts'
import styles from './Values.module.css'

/** The name of an actor. An e-mail breaks at its sign only. */
export function Actor({ name }: { name: string }) {
  const at = name.indexOf('@')
  if (at < 0) return <span>{name}</span>
  return (
    <span>
      {name.slice(0, at)}
      <wbr />
      {name.slice(at)}
    </span>
  )
}

/** An age; the exact instant on hover and for machines. */
export function When({ at }: { at: Date }) {
  return (
    <time dateTime={at.toISOString()} title={absolute(at)}>
      {relative(at)}
    </time>
  )
}

/** @param currency its code */
export function Money({ amountMinor, currency }: { amountMinor: number; currency: string }) {
  return <span className="money">{showMoney(amountMinor, { code: currency })}</span>
}

const PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' })

/** A price is above zero, so it never falls by 100 percent: −99.99 is shown as −99.9%. */
const LOWEST_MOVE = -0.999

/** The change of a price: `+5.2%`. The sign tells it, never the colour alone. */
function Delta({ from, to }: { from: number | null; to: number }) {
  if (from === null || Math.abs(to - from) / from < 0.0005) return null // would be shown as 0%
  return (
    <span className={to > from ? styles.up : styles.down}>
      {PERCENT.format(Math.max((to - from) / from, LOWEST_MOVE)).replace('-', '−')}
    </span>
  )
}

/** `€9.90 → €8.50 −14.1%` @param percent false where the words beside it say how much that is */
export function Move({
  from,
  to,
  currency,
  percent = true,
}: {
  from: number | null
  to: number
  currency: string
  percent?: boolean
}) {
  return (
    <span className={styles.move}>
      {from === null ? null : (
        <>
          <span className="muted">
            <span className="visually-hidden">from </span>
            <Money amountMinor={from} currency={currency} />
          </span>
          <span aria-hidden="true" className="muted">
            →
          </span>
          <span className="visually-hidden"> to </span>
        </>
      )}
      <strong>
        <Money amountMinor={to} currency={currency} />
      </strong>
      {percent ? <Delta from={from} to={to} /> : null}
    </span>
  )
}

/**
 * Shows how an amount is read while it is typed: a comma means different things in different languages.
 * @param currency its code
 * @param currentMinor what it is now, to show how far it moves
 */
export function readingOf(text: string, currency: string, currentMinor?: number): ReactNode {
  const parsed = parseMoney(text, currencyOf(currency))
  if (!parsed.ok) return parsed.message
  return (
    <>
      “{text.trim()}” is read as{' '}
      <span className={styles.read}>{showMoney(parsed.amountMinor, { code: currency })}</span>
      {currentMinor === undefined ? null : (
        <>
          {' '}
          <Delta from={currentMinor} to={parsed.amountMinor} />
        </>
      )}
    </>
  )
}
