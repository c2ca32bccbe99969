'use client'

import Link from 'next/link'
import { formatMoney } from '#lib/money/formatMoney.ts'
import type { ShownPrice } from '#lib/money/price.ts'
import { fillText } from '../../_i18n/fillText.ts'
import { localized, productPath } from '../../_i18n/paths.ts'
import { classNames } from '../../_ui/classNames.ts'
import { Picture } from '../catalog/Picture.tsx'
import { LivePrice } from '../prices/LivePrice.tsx'
import { LiveStock } from '../stock/LiveStock.tsx'
import { useStore } from '../StoreContext.tsx'
import { type CartRowData, orderableOf, type RowProduct } from './cartRows.ts'
import { Stepper } from './Stepper.tsx'
import styles from './Cart.module.css'

interface CartRowProps {
  row: CartRowData
  /** As this browser knows it now. */
  price: ShownPrice | undefined
  quantity: number
  onChange: (form: URLSearchParams) => void
}

interface SoldRow {
  row: CartRowData
  product: RowProduct
  price: ShownPrice
  quantity: number
}

function LinePrice({ row, product, price, quantity }: SoldRow) {
  const { locale, labels } = useStore()
  const orderable = orderableOf(quantity, price)
  const isAsWritten = price.version === product.price.version && orderable === orderableOf(row.quantity, product.price)
  const total = isAsWritten ? product.total : formatMoney(price.amountMinor * orderable, price.currency, locale)
  return (
    <>
      <p className={styles.each}>
        <LivePrice price={product.price} texts={product.texts} productName={product.name} />{' '}
        <span className={styles.quiet}>{labels.each}</span> <LiveStock price={product.price} texts={product.stock} />
      </p>
      {row.seen && row.seen.amountMinor !== price.amountMinor ? (
        <p className={styles.changed} data-testid="price-was">
          {fillText(labels.priceWas, { price: row.seen.text })}
        </p>
      ) : null}
      {quantity > price.stock && price.stock > 0 ? (
        <p className={styles.changed}>{fillText(labels.fewerLeft, { count: String(price.stock) })}</p>
      ) : null}
      {orderable > 1 ? (
        <p className={styles.lineTotal}>
          <span className={styles.quiet}>{labels.lineTotal}:</span>{' '}
          <strong data-testid="line-total" data-live>
            {total}
          </strong>
        </p>
      ) : null}
    </>
  )
}

export function CartRow({ row, price, quantity, onChange }: CartRowProps) {
  const { locale, labels } = useStore()
  const { productId, product } = row
  const isSold = price?.status === 'active'
  const name = product?.name ?? `#${productId}`
  return (
    <li className={classNames(styles.row, !isSold && styles.gone)}>
      <div className={styles.picture}>{product ? <Picture src={product.image} alt="" /> : null}</div>
      <div className={styles.what}>
        {product ? (
          <Link
            href={localized(locale, productPath(product.slug))}
            prefetch={false}
            className={styles.name}
            {...product.language}
          >
            {name}
          </Link>
        ) : (
          <span className={styles.name}>{name}</span>
        )}
        {isSold && product ? (
          <LinePrice row={row} product={product} price={price} quantity={quantity} />
        ) : (
          <p className={styles.quiet}>{labels.unavailable}</p>
        )}
      </div>
      <Stepper productId={productId} name={name} quantity={quantity} canChange={isSold} onChange={onChange} />
    </li>
  )
}
