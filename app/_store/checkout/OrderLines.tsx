import { formatMoney } from '#lib/money/formatMoney.ts'
import type { OrderLineView } from '#lib/orders/readOrder.ts'
import type { Locale } from '#lib/platform/locales.ts'
import { Picture } from '../catalog/Picture.tsx'
import styles from './Checkout.module.css'

export interface ShownLine extends Pick<
  OrderLineView,
  'productId' | 'name' | 'quantity' | 'amountMinor' | 'totalMinor'
> {
  readonly currency: string
  readonly priceVersion: number
  readonly image?: string
}

/** The lines of the order at its own prices: these do not follow those of the shop. */
export function OrderLines({ lines, locale }: { lines: readonly ShownLine[]; locale: Locale }) {
  return (
    <ul className={styles.lines}>
      {lines.map(({ productId, name, image, quantity, amountMinor, totalMinor, currency, priceVersion }) => (
        <li
          key={productId}
          className={styles.line}
          data-line-product={productId}
          data-line-version={priceVersion}
          data-line-amount={amountMinor}
          data-line-quantity={quantity}
        >
          {image === undefined ? null : (
            <div className={styles.picture}>
              <Picture src={image} alt="" />
            </div>
          )}
          <div className={styles.what}>
            <span>{name}</span>
            <span className={styles.quiet}>
              {quantity} × {formatMoney(amountMinor, currency, locale)}
            </span>
          </div>
          <strong>{formatMoney(totalMinor, currency, locale)}</strong>
        </li>
      ))}
    </ul>
  )
}
