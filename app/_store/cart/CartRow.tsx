'use client'

import Link from 'next/link'
import { fillText } from '../../_i18n/fillText.ts'
import { localized, productPath } from '../../_i18n/paths.ts'
import { Button } from '../../_ui/Button.tsx'
import { classNames } from '../../_ui/classNames.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { foreignText } from '../catalog/foreignText.ts'
import { Picture } from '../catalog/Picture.tsx'
import { LivePrice } from '../prices/LivePrice.tsx'
import { LiveStock } from '../stock/LiveStock.tsx'
import { priceTexts } from '#lib/catalog/prices/priceTexts.ts'
import { stockTexts } from '#lib/catalog/stock.ts'
import { useStore } from '../StoreContext.tsx'
import { removeItem, type CartItem } from './cart.ts'
import styles from './Cart.module.css'
import { QuantityField } from './QuantityField.tsx'
import { updateCart } from './useCart.ts'

interface CartRowProps {
  item: CartItem
  price: ShownPrice | undefined
  isSold: boolean
}

export function CartRow({ item, price, isSold }: CartRowProps) {
  const { locale, labels } = useStore()
  return (
    <li className={classNames(styles.row, !isSold && styles.gone)}>
      <div className={styles.picture}>
        <Picture src={item.image} alt="" />
      </div>
      <div className={styles.what}>
        <Link
          href={localized(locale, productPath(item.slug))}
          prefetch={false}
          className={styles.name}
          {...foreignText(locale)}
        >
          {item.name}
        </Link>
        {isSold && price ? (
          <p>
            <LivePrice price={price} texts={priceTexts(price, locale)} productName={item.name} />{' '}
            <span className={styles.quiet}>{labels.each}</span>{' '}
            {/* An instance of an earlier release says nothing of it. */}
            {price.stockVersion > 0 ? <LiveStock price={price} texts={stockTexts(price.stock, locale)} /> : null}
          </p>
        ) : (
          <p className={styles.quiet}>{isSold ? '…' : labels.unavailable}</p>
        )}
      </div>
      <div className={styles.controls}>
        {isSold ? <QuantityField item={item} /> : null}
        <Button
          variant="quiet"
          size="sm"
          aria-label={fillText(labels.removeOf, { product: item.name })}
          onClick={() => updateCart((items) => removeItem(items, item.productId))}
        >
          {labels.remove}
        </Button>
      </div>
    </li>
  )
}
