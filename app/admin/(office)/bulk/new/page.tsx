import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { selectionFacets } from '#lib/pricing/bulk/selection/selectionFacets.ts'
import { Notice } from '../../../../_ui/Notice.tsx'
import { Skeleton } from '../../../_components/Skeleton.tsx'
import { requireSession } from '../../../_lib/session.ts'
import page from '../../page.module.css'
import { Editor } from '../_editor/Editor.tsx'

export const metadata: Metadata = { title: 'New bulk edit' }

async function Room() {
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
    <div className={page.page}>
      <div>
        <h1 className={page.title}>New bulk edit</h1>
        <p className="muted">
          Select products, say what their prices become, then preview. Nothing changes before the preview is approved.
        </p>
      </div>
      <Suspense fallback={<Skeleton rows={12} />}>
        <Room />
      </Suspense>
    </div>
  )
}
