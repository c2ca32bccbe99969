import type { ReactNode } from 'react'
import { classNames } from '../../_ui/classNames.ts'
import styles from './Checkout.module.css'

/** A label and its amount, on one line. */
export function Amount({ label, children, isTotal }: { label: string; children: ReactNode; isTotal?: boolean }) {
  return (
    <p className={classNames(styles.amount, isTotal && styles.total)}>
      <span>{label}</span>
      <span data-testid={isTotal ? 'order-total' : undefined}>{children}</span>
    </p>
  )
}
