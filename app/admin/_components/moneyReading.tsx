import type { ReactNode } from 'react'
import { showMoney, parseMoney } from '#lib/money/money.ts'
import { Delta } from './Amounts.tsx'
import styles from './forms.module.css'

/**
 * Shows how an amount is read while it is typed: a comma means different things in different languages.
 * @param currentMinor what it is now, to show how far it moves
 */
export function readingOf(text: string, currentMinor?: number): ReactNode {
  const parsed = parseMoney(text)
  if (!parsed.ok) return parsed.message
  return (
    <>
      “{text.trim()}” is read as <span className={styles.read}>{showMoney(parsed.amountMinor)}</span>
      {currentMinor === undefined ? '' : ' '}
      {currentMinor === undefined ? null : <Delta from={currentMinor} to={parsed.amountMinor} />}
    </>
  )
}
