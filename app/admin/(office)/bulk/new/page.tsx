import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { selectionFacets } from '#lib/pricing/bulk/selection/selectionFacets.ts'
import { Notice } from '../../../../_ui/Notice.tsx'
import { PageHead, Stack } from '../../../_components/Layout.tsx'
import { Skeleton } from '../../../_components/States.tsx'
import { requireSession } from '../../../_lib/session.ts'
import { Editor } from '../_editor/Editor.tsx'

export const metadata: Metadata = { title: 'New bulk edit' }

async function NewEdit() {
  const principal = await requireSession('/admin/bulk/new')
  if (!principal.permissions.includes('bulk:write')) {
    return (
      <Notice>
        <strong>Making a bulk edit needs the role editor.</strong> You may look at{' '}
        <Link href="/admin/bulk">those of others</Link>.
      </Notice>
    )
  }
  return <Editor facets={await selectionFacets(principal)} />
}

export default function NewBulkEditPage() {
  return (
    <Stack gap={6}>
      <PageHead
        title="New bulk edit"
        lead="Select products, set rules or type prices, then preview. Nothing changes before you approve."
      />
      <Suspense fallback={<Skeleton rows={12} />}>
        <NewEdit />
      </Suspense>
    </Stack>
  )
}
