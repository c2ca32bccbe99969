import Link from 'next/link'
import { savingPercent } from '#lib/money/formatMoney.ts'
import type { PricedProduct } from '#lib/pricing/pricedProducts.ts'
import { absolute } from '../_lib/time.ts'
import { Fact, Facts, Panel } from './Layout.tsx'
import styles from './product.module.css'
import { Money, When } from './Values.tsx'

/** The price that the shop shows now and, in a sale, the base price that comes after it. */
export function CurrentPrice({ product }: { product: PricedProduct }) {
  const { amountMinor, compareAtMinor, baseAmountMinor, currency, version, versionUpdatedAt, sale } = product
  return (
    <Panel as="section" gap={1} aria-labelledby="current">
      <h2 id="current" className={styles.label}>
        Price now
      </h2>
      <p
        className={styles.amount}
        data-testid="current-price"
        data-amount-cents={amountMinor}
        data-price-version={version}
      >
        <Money amountMinor={amountMinor} currency={currency} />
      </p>
      <Facts>
        {sale ? (
          <>
            <Fact name="Base price" testId="base-price">
              <Money amountMinor={baseAmountMinor} currency={currency} />
            </Fact>
            <Fact name="Sale">
              <Link href={`/admin/bulk/${sale.bulkEditId}`}>{sale.reason}</Link>
              {sale.endsAt ? <span className="muted"> until {absolute(sale.endsAt)}</span> : null}
            </Fact>
          </>
        ) : null}
        <Fact name="Compare-at">
          {compareAtMinor === null ? (
            'None'
          ) : (
            <>
              <s>
                <Money amountMinor={compareAtMinor} currency={currency} />
              </s>{' '}
              <span className="muted">({savingPercent(amountMinor, compareAtMinor)}% off)</span>
            </>
          )}
        </Fact>
        <Fact name="Version">{version}</Fact>
        <Fact name="Since">
          <When at={versionUpdatedAt} />
        </Fact>
        <Fact name="Currency">{currency}</Fact>
      </Facts>
    </Panel>
  )
}
