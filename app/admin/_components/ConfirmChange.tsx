'use client'

import { useEffect, useRef } from 'react'
import { showMoney } from '#lib/money/money.ts'
import { Button } from '../../_ui/Button.tsx'
import type { ChangePriceState } from '../_actions/changePrice.ts'
import { Move } from './Amounts.tsx'
import styles from './ConfirmChange.module.css'

interface Props {
  readonly change: Extract<ChangePriceState, { kind: 'confirm' }>
  readonly onBack: () => void
}

/** The second step of a change that goes beyond the limits: before, after, and the difference. It stands in the form. */
export function ConfirmChange({ change: { fromMinor, toMinor, reasons, phrases }, onBack }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  useEffect(() => {
    const back = ({ key }: KeyboardEvent) => key === 'Escape' && onBack()
    document.addEventListener('keydown', back)
    return () => document.removeEventListener('keydown', back)
  }, [onBack])
  return (
    <section aria-labelledby="confirm-change" className={styles.panel}>
      <h3 id="confirm-change" ref={heading} tabIndex={-1} className={styles.heading}>
        Is this price meant?
      </h3>
      <p className={styles.move}>
        <Move from={fromMinor} to={toMinor} percent={false} />
      </p>
      <p>{reasons} Nothing has been changed yet.</p>
      <div className={styles.actions}>
        <Button type="submit" variant="danger" name="confirmations" value={phrases.join('\n')}>
          Set the price to {showMoney(toMinor)}
        </Button>
        <Button variant="secondary" onClick={onBack}>
          Go back
        </Button>
      </div>
    </section>
  )
}
