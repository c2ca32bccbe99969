import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Suspense } from 'react'
import { isResourceKind, resourceOf } from '#lib/catalog/resources.ts'
import { readReceipt } from '#lib/observability/dashboard/reads.ts'
import { pricedProduct } from '#lib/pricing/pricedProducts.ts'
import { Row, Stack } from '../../../../../../_components/Layout.tsx'
import { ProductHeading } from '../../../../../../_components/ProductTable.tsx'
import { Skeleton } from '../../../../../../_components/States.tsx'
import { capitalized, editsPath } from '../../../../../../_freshness/format.ts'
import { ReceiptView } from '../../../../../../_freshness/ReceiptView.tsx'
import { RefreshButton } from '../../../../../../_freshness/RefreshButton.tsx'
import { idNumber } from '../../../../../../_lib/params.ts'
import { requireSession } from '../../../../../../_lib/session.ts'

export const metadata: Metadata = { title: 'Receipt of an edit' }

type Props = PageProps<'/admin/freshness/receipts/[kind]/[id]/[version]'>

async function ResourceReceipt({ params }: Pick<Props, 'params'>) {
  const { kind, id: idText, version: versionText } = await params
  await requireSession(`/admin/freshness/receipts/${kind}/${idText}/${versionText}`)
  const [id, version] = [idNumber(idText), idNumber(versionText)]
  if (!isResourceKind(kind) || id === undefined || version === undefined) notFound()
  const { ofProduct, describe } = resourceOf(kind) ?? {}
  const [product, receipt] = await Promise.all([
    ofProduct ? pricedProduct(id) : undefined,
    readReceipt({ kind, id, version }),
  ])
  if (!receipt) notFound()
  return (
    <Stack gap={6}>
      <nav aria-label="Breadcrumb">
        <Link href={editsPath(kind, id)}>Ledger: {describe?.(id)}</Link>
      </nav>
      <Row between>
        {product ? <ProductHeading product={product} level={2} /> : <h2>{capitalized(describe?.(id) ?? kind)}</h2>}
        <RefreshButton label="Read again" />
      </Row>
      <ReceiptView receipt={receipt} />
    </Stack>
  )
}

export default function ResourceReceiptPage({ params }: Props) {
  return (
    <Suspense fallback={<Skeleton rows={8} />}>
      <ResourceReceipt params={params} />
    </Suspense>
  )
}
