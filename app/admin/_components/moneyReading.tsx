import type { ReactNode } from 'react'
import { showMoney, parseMoney } from '#lib/money/money.ts'
import { Delta } from './Amounts.tsx'
import styles from './forms.module.css'

/**
 * How a typed amount is read, said while it is typed, so that nobody has to wonder about commas.
 * @param currentCents what it is now, to show how far it moves
 */
export function readingOf(text: string, currentCents?: number): ReactNode {
  const parsed = parseMoney(text)
  if (!parsed.ok) return parsed.message
  return (
    <>
      “{text.trim()}” is read as <span className={styles.read}>{showMoney(parsed.amountMinor)}</span>
      {currentCents === undefined ? '' : ' '}
      {currentCents === undefined ? null : <Delta from={currentCents} to={parsed.amountMinor} />}
    </>
  )
}
