'use client'

import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import type { Locale } from '#lib/platform/locales.ts'
import { localized } from '../../_i18n/paths.ts'
import { ButtonLink } from '../../_ui/Button.tsx'
import { useStore } from '../StoreContext.tsx'
import { CartList, CartSums } from './CartList.tsx'
import type { CartPreview } from './cartRows.ts'
import { useCartRows } from './useCartRows.ts'
import cart from './Cart.module.css'
import styles from './MiniCart.module.css'

const TIMEOUT_MS = 5_000

async function readPreview(locale: Locale): Promise<CartPreview> {
  const response = await fetch(`/api/cart?locale=${locale}`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!response.ok) throw new Error(`the cart was not read: status ${response.status}`)
  const preview: CartPreview = await response.json()
  return preview
}

interface MiniCartProps {
  readonly preview: CartPreview
  readonly onClose: () => void
}

function MiniCart({ preview, onClose }: MiniCartProps) {
  const { locale, labels } = useStore()
  const [{ rows: sent, totals, close }, setPreview] = useState(preview)
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const panel = dialog.current
    if (!panel) return
    if (!panel.open) panel.showModal()
    const events = new AbortController()
    const closeOutside = ({ target }: Event) => {
      // A link leads to another page. The panel itself is pressed beside what is in it.
      if (target === panel || (target instanceof Element && target.closest('a'))) panel.close()
    }
    panel.addEventListener('click', closeOutside, { signal: events.signal })
    return () => events.abort()
  }, [])
  const readAgain = useCallback(() => {
    readPreview(locale).then(setPreview, () => dialog.current?.close())
  }, [locale])
  const { rows, isOrderable, ...shown } = useCartRows(sent, totals, readAgain)
  const isEmpty = rows.length === 0
  return (
    <dialog ref={dialog} aria-labelledby="mini-cart" className={styles.panel} onClose={onClose}>
      <div className={styles.content}>
        <div className={styles.head}>
          <h2 id="mini-cart">{labels.cart}</h2>
          <button type="button" className={styles.close} aria-label={close} onClick={() => dialog.current?.close()}>
            ×
          </button>
        </div>
        {isEmpty ? <p>{labels.cartEmpty}</p> : <CartList rows={rows} {...shown} />}
        <div className={cart.summary}>
          {isEmpty ? null : <CartSums {...shown} />}
          {isOrderable ? <ButtonLink href={localized(locale, '/checkout')}>{labels.toCheckout}</ButtonLink> : null}
          <ButtonLink href={localized(locale, '/cart')} variant="secondary">
            {labels.viewCart}
          </ButtonLink>
        </div>
      </div>
    </dialog>
  )
}

/**
 * Asks the shop for the cart of this browser.
 * @returns the panel that shows it
 * @throws when the shop does not answer, or the cart is damaged: its page says so
 */
export async function miniCart(locale: Locale, onClose: () => void): Promise<ReactNode> {
  const preview = await readPreview(locale)
  if (preview.isDamaged) throw new Error('the cart cannot be read')
  return <MiniCart preview={preview} onClose={onClose} />
}
