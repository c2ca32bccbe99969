import type { ReactNode } from 'react'
import { classNames } from '../../_ui/classNames.ts'
import styles from './Tile.module.css'

/** One number that says how things stand. Stands in a `<dl>`. */
export function Tile({
  label,
  value,
  hint,
  tone,
}: {
  label: string
  value: ReactNode
  hint?: ReactNode
  tone?: 'success' | 'warning'
}) {
  return (
    <div className={styles.tile}>
      <dt className={styles.label}>{label}</dt>
      <dd className={classNames(styles.value, tone && styles[tone])}>{value}</dd>
      {hint ? <dd className={styles.hint}>{hint}</dd> : null}
    </div>
  )
}
