import type { Metadata } from 'next'
import { connection } from 'next/server'
import { Suspense } from 'react'
import { readAlerts } from '#lib/observability/dashboard/reads.ts'
import { Skeleton } from '../../../_components/Skeleton.tsx'
import { AlertList } from '../../../_freshness/AlertList.tsx'
import { requireSession } from '../../../_lib/session.ts'
import page from '../../page.module.css'

export const metadata: Metadata = { title: 'Alerts' }

async function Alerts() {
  await connection()
  await requireSession('/admin/freshness/alerts')
  const { open, openCount, resolved } = await readAlerts()
  return (
    <>
      <section aria-labelledby="open">
        <h2 id="open" className={page.heading}>
          {openCount === 0
            ? 'None is open'
            : openCount === 1
              ? 'One is open'
              : `${openCount.toLocaleString('en')} are open`}
        </h2>
        {open.length < openCount ? (
          <p className="muted">The first {open.length} of them: what shoppers may see, then the newest.</p>
        ) : null}
        {openCount === 0 ? null : <AlertList open={open} resolved={[]} />}
      </section>
      <section aria-labelledby="resolved">
        <h2 id="resolved" className={page.heading}>
          Resolved
        </h2>
        {resolved.length === 0 ? <p className="muted">There was none.</p> : <AlertList open={[]} resolved={resolved} />}
      </section>
    </>
  )
}

export default function AlertsPage() {
  return (
    <Suspense fallback={<Skeleton rows={10} />}>
      <Alerts />
    </Suspense>
  )
}
