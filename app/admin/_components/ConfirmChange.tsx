'use client'

import { useEffect, useRef } from 'react'
import { showMoney } from '#lib/money/money.ts'
import { Button } from '../../_ui/Button.tsx'
import type { ChangePriceState } from '../_actions/changePrice.ts'
import { Move } from './Values.tsx'
import { Panel, Row } from './Layout.tsx'
import styles from './product.module.css'

interface Props {
  readonly change: Extract<ChangePriceState, { kind: 'confirm' }>
  readonly onBack: () => void
}

/** The second step of a change beyond the limits: old price, new price, reasons. It stands in the form. */
export function ConfirmChange({ change: { fromMinor, toMinor, currency, reasons, phrases }, onBack }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  useEffect(() => {
    const back = ({ key }: KeyboardEvent) => key === 'Escape' && onBack()
    document.addEventListener('keydown', back)
    return () => document.removeEventListener('keydown', back)
  }, [onBack])
  return (
    <Panel as="section" gap={3} aria-labelledby="confirm-change" className={styles.confirm}>
      <h3 id="confirm-change" ref={heading} tabIndex={-1}>
        Is this price meant?
      </h3>
      <p className={styles.move}>
        <Move from={fromMinor} to={toMinor} currency={currency} percent={false} />
      </p>
      <p>{reasons} Nothing has been changed yet.</p>
      <Row>
        <Button type="submit" variant="danger" name="confirmations" value={phrases.join('\n')}>
          Set the price to {showMoney(toMinor, { code: currency })}
        </Button>
        <Button variant="secondary" onClick={onBack}>
          Go back
        </Button>
      </Row>
    </Panel>
  )
}
