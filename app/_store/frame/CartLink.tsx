'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { type ReactNode, useEffect, useState } from 'react'
import { localized } from '../../_i18n/paths.ts'
import { countArticles } from '../cart/cartView.ts'
import { adoptStoredCart } from '../cart/storedCart.ts'
import { useOrderableLines } from '../cart/useOrderableLines.ts'
import { useStore } from '../StoreContext.tsx'
import styles from './Frame.module.css'
import { CartIcon } from './icons.tsx'

/** The number of articles that can be bought. Pressed, it shows them in a panel; without JavaScript it leads to their page. */
export function CartLink() {
  const { locale, labels } = useStore()
  const [panel, setPanel] = useState<ReactNode>()
  // A page that this one leads to may come with another cart, as after an order: read it again then.
  const pathname = usePathname()
  const count = countArticles(useOrderableLines())
  useEffect(() => void adoptStoredCart(), [])
  const href = localized(locale, '/cart')
  const opens = count > 0 && pathname !== href
  const open = (event: { preventDefault: () => void }) => {
    if (!opens) return
    event.preventDefault()
    import('../cart/MiniCart.tsx')
      .then(({ miniCart }) => miniCart(locale, () => setPanel(undefined)))
      .then(setPanel)
      .catch(() => window.location.assign(href))
  }
  return (
    <>
      <Link
        href={href}
        className={styles.cartLink}
        prefetch={false}
        aria-haspopup={opens ? 'dialog' : undefined}
        onNavigate={open}
      >
        <CartIcon />
        <span className="visually-hidden">{labels.cart} </span>
        {count > 0 ? <span className={styles.cartCount}>{count}</span> : null}
      </Link>
      {panel}
    </>
  )
}
