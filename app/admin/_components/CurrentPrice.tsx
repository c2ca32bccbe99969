import type { PricedProduct } from '#lib/pricing/pricedProducts.ts'
import { Money } from './Amounts.tsx'
import styles from './CurrentPrice.module.css'
import { When } from './When.tsx'

/** The price as its row says now. */
export function CurrentPrice({ product }: { product: PricedProduct }) {
  const { amountMinor, compareAtMinor, version, versionUpdatedAt } = product
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
