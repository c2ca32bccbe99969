'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useEffect } from 'react'
import { localized } from '../../_i18n/paths.ts'
import { countArticles } from '../cart/cartView.ts'
import { adoptStoredCart } from '../cart/useCart.ts'
import { useOrderableLines } from '../cart/useOrderableLines.ts'
import { useStore } from '../StoreContext.tsx'
import styles from './Frame.module.css'
import { CartIcon } from './icons.tsx'

/** The number of articles that can be bought. */
export function CartLink() {
  const { locale, labels } = useStore()
  // A page that this one leads to may come with another cart, as after an order: read it again then.
  usePathname()
  const count = countArticles(useOrderableLines())
  useEffect(() => void adoptStoredCart(), [])
  return (
    <Link href={localized(locale, '/cart')} className={styles.cartLink} prefetch={false}>
      <CartIcon />
      <span className="visually-hidden">{labels.cart} </span>
      {count > 0 ? <span className={styles.cartCount}>{count}</span> : null}
    </Link>
  )
}
