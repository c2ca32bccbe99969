import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Suspense } from 'react'
import { readCard, readLedger } from '#lib/observability/dashboard/reads.ts'
import { pricedProduct } from '#lib/pricing/pricedProducts.ts'
import { ProductHeading } from '../../../../_components/ProductHeading.tsx'
import { Skeleton } from '../../../../_components/Skeleton.tsx'
import { FreshnessCardView } from '../../../../_freshness/FreshnessCardView.tsx'
import { LedgerTable } from '../../../../_freshness/LedgerTable.tsx'
import { RefreshButton } from '../../../../_freshness/RefreshButton.tsx'
import { idNumber } from '../../../../_lib/params.ts'
import { requireSession } from '../../../../_lib/session.ts'
import styles from '../../../page.module.css'

export const metadata: Metadata = { title: 'Freshness of a product' }

type Props = PageProps<'/admin/freshness/products/[id]'>

async function Card({ params }: Pick<Props, 'params'>) {
  const { id: text } = await params
  await requireSession(`/admin/freshness/products/${text}`)
  const id = idNumber(text)
  if (id === undefined) notFound()
  const [product, card, edits] = await Promise.all([pricedProduct(id), readCard(id), readLedger(String(id))])
  if (!product || !card) notFound()
  return (
    <div className={styles.page}>
      <div className={styles.top}>
        <ProductHeading product={product} level={2} />
        <RefreshButton />
      </div>
      <FreshnessCardView card={card} />
      <section aria-labelledby="edits">
        <h3 id="edits" className={styles.heading}>
          Its last edits, layer by layer
        </h3>
        <LedgerTable edits={edits.slice(0, 8)} />
      </section>
      <p>
        <Link href={`/admin/products/${id}`}>Change the price of this product</Link>
      </p>
    </div>
  )
}

export default function ProductFreshnessPage({ params }: Props) {
  return (
    <Suspense fallback={<Skeleton rows={8} />}>
      <Card params={params} />
    </Suspense>
  )
}
