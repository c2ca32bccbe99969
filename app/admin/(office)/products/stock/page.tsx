import type { Metadata } from 'next'
import { Suspense } from 'react'
import { Notice } from '../../../../_ui/Notice.tsx'
import { Skeleton } from '../../../_components/Skeleton.tsx'
import { requireSession } from '../../../_lib/session.ts'
import page from '../../page.module.css'
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
    <div className={page.page}>
      <div>
        <h1 className={page.title}>Import stock</h1>
        <p className="muted">
          A CSV file with a header: <code>sku</code>, <code>stock</code> and, where you like, <code>stock_version</code>
          , or the stock of Shopify, WooCommerce or Magento. Up to 100,000 rows. Nothing is set before you have seen
          what changes.
        </p>
      </div>
      <Suspense fallback={<Skeleton rows={4} />}>
        <Form />
      </Suspense>
    </div>
  )
}
