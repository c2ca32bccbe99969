import Link from 'next/link'
import type { PricedProduct } from '#lib/pricing/pricedProducts.ts'
import { Money } from './Amounts.tsx'
import styles from './CurrentPrice.module.css'
import { absolute } from '../_lib/time.ts'
import { When } from './When.tsx'

/** The price that the shop shows now and, in a sale, the base price that comes after it. */
export function CurrentPrice({ product }: { product: PricedProduct }) {
  const { amountMinor, compareAtMinor, baseAmountMinor, version, versionUpdatedAt, sale } = product
  return (
    <section aria-labelledby="current" className={styles.panel}>
      <h2 id="current" className={styles.label}>
        Price now
      </h2>
      <p
        className={styles.amount}
        data-testid="current-price"
        data-amount-cents={amountMinor}
        data-price-version={version}
      >
        <Money amountMinor={amountMinor} />
      </p>
      <dl className={styles.facts}>
        {sale ? (
          <>
            <div>
              <dt>Base price</dt>
              <dd data-testid="base-price">
                <Money amountMinor={baseAmountMinor} />
              </dd>
            </div>
            <div>
              <dt>Sale</dt>
              <dd>
                <Link href={`/admin/bulk/${sale.bulkEditId}`}>{sale.reason}</Link>
                {sale.endsAt ? (
                  <>
                    {' '}
                    <span className="muted">until {absolute(sale.endsAt)}</span>
                  </>
                ) : null}
              </dd>
            </div>
          </>
        ) : null}
        <div>
          <dt>Compare-at</dt>
          <dd>
            {compareAtMinor === null ? (
              'None'
            ) : (
              <>
                <s>
                  <Money amountMinor={compareAtMinor} />
                </s>{' '}
                <span className="muted">({Math.round((1 - amountMinor / compareAtMinor) * 100)}% off)</span>
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>Version</dt>
          <dd>{version}</dd>
        </div>
        <div>
          <dt>Since</dt>
          <dd>
            <When at={versionUpdatedAt} />
          </dd>
        </div>
        <div>
          <dt>Currency</dt>
          <dd>{product.currency}</dd>
        </div>
      </dl>
    </section>
  )
}
