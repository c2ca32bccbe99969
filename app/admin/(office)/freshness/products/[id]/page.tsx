import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Suspense } from 'react'
import { tag } from '#lib/coherence/tags.ts'
import { readCard, readLedger } from '#lib/observability/dashboard/reads.ts'
import { pricedProduct } from '#lib/pricing/pricedProducts.ts'
import { Row, Section, Stack } from '../../../../_components/Layout.tsx'
import { ProductHeading } from '../../../../_components/ProductTable.tsx'
import { Skeleton } from '../../../../_components/States.tsx'
import { FreshnessCardView } from '../../../../_freshness/FreshnessCardView.tsx'
import { LedgerTable } from '../../../../_freshness/LedgerTable.tsx'
import { RefreshButton } from '../../../../_freshness/RefreshButton.tsx'
import { idNumber } from '../../../../_lib/params.ts'
import { requireSession } from '../../../../_lib/session.ts'

export const metadata: Metadata = { title: 'Freshness of a product' }

type Props = PageProps<'/admin/freshness/products/[id]'>

async function Card({ params }: Pick<Props, 'params'>) {
  const { id: text } = await params
  await requireSession(`/admin/freshness/products/${text}`)
  const id = idNumber(text)
  if (id === undefined) notFound()
  const [product, card, edits] = await Promise.all([pricedProduct(id), readCard(id), readLedger(tag('price', id))])
  if (!product || !card) notFound()
  return (
    <Stack gap={6}>
      <Row between>
        <ProductHeading product={product} level={2} />
        <RefreshButton />
      </Row>
      <FreshnessCardView card={card} />
      <Section id="edits" title="Its last edits, layer by layer" level={3}>
        <LedgerTable edits={edits.slice(0, 8)} />
      </Section>
      <p>
        <Link href={`/admin/products/${id}`}>Change the price of this product</Link>
      </p>
    </Stack>
  )
}

export default function ProductFreshnessPage({ params }: Props) {
  return (
    <Suspense fallback={<Skeleton rows={8} />}>
      <Card params={params} />
    </Suspense>
  )
}
