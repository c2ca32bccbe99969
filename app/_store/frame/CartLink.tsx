'use client'

import Link from 'next/link'
import { localized } from '../../_i18n/paths.ts'
import { countItems } from '../cart/cart.ts'
import { useOrderableItems } from '../cart/useOrderableItems.ts'
import { useStore } from '../StoreContext.tsx'
import styles from './Frame.module.css'
import { CartIcon } from './icons.tsx'

/** The number of articles that can be bought. */
export function CartLink() {
  const { locale, labels } = useStore()
  const count = countItems(useOrderableItems())
  return (
    <Link href={localized(locale, '/cart')} className={styles.cartLink} prefetch={false}>
      <CartIcon />
      <span className="visually-hidden">{labels.cart} </span>
      {count > 0 ? <span className={styles.cartCount}>{count}</span> : null}
    </Link>
  )
}
