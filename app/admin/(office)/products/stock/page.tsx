import type { Metadata } from 'next'
import { Suspense } from 'react'
import { Notice } from '../../../../_ui/Notice.tsx'
import { PageHead, Stack } from '../../../_components/Layout.tsx'
import { Skeleton } from '../../../_components/States.tsx'
import { requireSession } from '../../../_lib/session.ts'
import { StockImportForm } from './StockImportForm.tsx'

export const metadata: Metadata = { title: 'Import stock' }

async function Form() {
  const principal = await requireSession('/admin/products/stock')
  if (!principal.permissions.includes('products:write'))
    return (
      <Notice>
        <strong>Importing stock needs the role editor.</strong>
      </Notice>
    )
  return <StockImportForm />
}

export default function StockPage() {
  return (
    <Stack gap={6}>
      <PageHead
        title="Import stock"
        lead={
          <>
            A CSV file with a header: <code>sku</code>, <code>stock</code> and, where you like,{' '}
            <code>stock_version</code>, or the stock of Shopify, WooCommerce or Magento. Up to 100,000 rows. Nothing is
            set before you have seen what changes.
          </>
        }
      />
      <Suspense fallback={<Skeleton rows={4} />}>
        <Form />
      </Suspense>
    </Stack>
  )
}
