import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Suspense } from 'react'
import { readReceipt } from '#lib/observability/dashboard/reads.ts'
import { pricedProduct } from '#lib/pricing/pricedProducts.ts'
import { PageHead, Row, Stack } from '../../../../../_components/Layout.tsx'
import { ProductHeading } from '../../../../../_components/ProductTable.tsx'
import { Skeleton } from '../../../../../_components/States.tsx'
import { ReceiptView } from '../../../../../_freshness/ReceiptView.tsx'
import { RefreshButton } from '../../../../../_freshness/RefreshButton.tsx'
import { idNumber } from '../../../../../_lib/params.ts'
import { requireSession } from '../../../../../_lib/session.ts'

export const metadata: Metadata = { title: 'Receipt of an edit' }

type Props = PageProps<'/admin/products/[id]/receipts/[version]'>

async function ProductReceipt({ params }: Pick<Props, 'params'>) {
  const { id: idText, version: versionText } = await params
  await requireSession(`/admin/products/${idText}/receipts/${versionText}`)
  const [id, version] = [idNumber(idText), idNumber(versionText)]
  if (id === undefined || version === undefined) notFound()
  const [product, receipt] = await Promise.all([pricedProduct(id), readReceipt({ kind: 'price', id, version })])
  if (!product || !receipt) notFound()
  return (
    <Stack gap={6}>
      <nav aria-label="Breadcrumb">
        <Link href={`/admin/products/${id}`}>Price and history of {product.name}</Link>
      </nav>
      <Row between>
        <ProductHeading product={product} level={2} />
        <RefreshButton label="Read again" />
      </Row>
      <ReceiptView receipt={receipt} />
    </Stack>
  )
}

export default function ReceiptPage({ params }: Props) {
  return (
    <Stack gap={6}>
      <PageHead title="Receipt of an edit" />
      <Suspense fallback={<Skeleton rows={8} />}>
        <ProductReceipt params={params} />
      </Suspense>
    </Stack>
  )
}
