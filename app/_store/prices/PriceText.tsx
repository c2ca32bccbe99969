'use client'

import { fillText } from '../../_i18n/fillText.ts'
import { classNames } from '../../_ui/classNames.ts'
import type { PriceTexts } from '#lib/catalog/prices/priceTexts.ts'
import { useStore } from '../StoreContext.tsx'
import styles from './Price.module.css'

interface PriceTextProps {
  /** The data attributes for programs. */
  attributes: Readonly<Record<`data-${string}`, number | string>>
  /** Another one is another amount, which appears anew. */
  version: number | string
  /** Whether it is another one than the page came with. */
  changed: boolean
  texts: PriceTexts
  size: 'card' | 'page'
}

/** An amount, and what it was before. */
export function PriceText({ attributes, version, changed, texts: { amount, before, saving }, size }: PriceTextProps) {
  const { labels } = useStore()
  return (
    <span className={classNames(styles.price, styles[size])} {...attributes} data-live>
      <span key={version} className={classNames(styles.amount, changed && styles.changed)}>
        <span className="visually-hidden">{labels.now}: </span>
        {amount}
      </span>
      {before === undefined ? null : (
        <s className={styles.before}>
          <span className="visually-hidden">{labels.before}: </span>
          {before}
        </s>
      )}
      {saving === undefined ? null : (
        <span className={styles.saving}>{fillText(labels.save, { percent: saving })}</span>
      )}
    </span>
  )
}
