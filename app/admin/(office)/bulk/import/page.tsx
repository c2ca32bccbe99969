import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { Notice } from '../../../../_ui/Notice.tsx'
import { PageHead, Stack } from '../../../_components/Layout.tsx'
import { Skeleton } from '../../../_components/States.tsx'
import { requireSession } from '../../../_lib/session.ts'
import { ImportForm } from '../_import/ImportForm.tsx'

export const metadata: Metadata = { title: 'Import prices' }

async function Form() {
  const principal = await requireSession('/admin/bulk/import')
  if (!principal.permissions.includes('bulk:write')) {
    return (
      <Notice>
        <strong>Importing prices needs the role editor.</strong> You may look at{' '}
        <Link href="/admin/bulk">the edits of others</Link>.
      </Notice>
    )
  }
  return <ImportForm />
}

export default function ImportPage() {
  return (
    <Stack gap={6}>
      <PageHead
        title="Import prices"
        lead={
          <>
            A CSV file with a header: <code>sku</code>, <code>price</code> and, where you like, <code>compare_at</code>,{' '}
            <code>currency</code> and <code>version</code>, or an export of Shopify, WooCommerce, Magento or Google
            Merchant. What the file leaves open is asked. An empty cell leaves a price as it is; <code>none</code>{' '}
            removes a compare-at price. Up to 100,000 rows. Nothing changes before the preview is approved.
          </>
        }
      />
      <Suspense fallback={<Skeleton rows={4} />}>
        <Form />
      </Suspense>
    </Stack>
  )
}
