import type { Metadata } from 'next'
import { connection } from 'next/server'
import { Suspense } from 'react'
import { readAlerts } from '#lib/observability/dashboard/reads.ts'
import { Section } from '../../../_components/Layout.tsx'
import { Skeleton } from '../../../_components/States.tsx'
import { AlertList } from '../../../_freshness/AlertList.tsx'
import { requireSession } from '../../../_lib/session.ts'

export const metadata: Metadata = { title: 'Alerts' }

async function Alerts() {
  await connection()
  await requireSession('/admin/freshness/alerts')
  const { open, openCount, resolved } = await readAlerts()
  return (
    <>
      <Section
        id="open"
        title={
          openCount === 0
            ? 'No open alert'
            : openCount === 1
              ? '1 open alert'
              : `${openCount.toLocaleString('en')} open alerts`
        }
      >
        {open.length < openCount ? (
          <p className="muted">The first {open.length} of them: what shoppers may see, then the newest.</p>
        ) : null}
        {openCount === 0 ? null : <AlertList open={open} resolved={[]} />}
      </Section>
      <Section id="resolved" title="Resolved">
        {resolved.length === 0 ? <p className="muted">None yet.</p> : <AlertList open={[]} resolved={resolved} />}
      </Section>
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
