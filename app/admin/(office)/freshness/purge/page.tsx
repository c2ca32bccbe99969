import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { readAudit } from '#lib/audit/readAudit.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { Notice } from '../../../../_ui/Notice.tsx'
import { Panel, Section } from '../../../_components/Layout.tsx'
import { Skeleton } from '../../../_components/States.tsx'
import { first, idNumber } from '../../../_lib/params.ts'
import { requireSession } from '../../../_lib/session.ts'
import { AuditTable } from '../../audit/AuditTable.tsx'
import { PurgeForm } from './PurgeForm.tsx'

export const metadata: Metadata = { title: 'Purge' }

type Props = PageProps<'/admin/freshness/purge'>

const SHOWN = 10

async function BreakGlass({ searchParams }: Pick<Props, 'searchParams'>) {
  const principal = await requireSession('/admin/freshness/purge')
  const product = idNumber(first((await searchParams)['product']))
  const { entries } = await readAudit({ action: 'freshness.purge' }, principal)
  return (
    <>
      {principal.permissions.includes('freshness:purge') ? (
        <Panel narrow>
          <PurgeForm locales={LOCALES} product={product === undefined ? '' : String(product)} />
        </Panel>
      ) : (
        <Notice>
          <strong>Only administrators purge.</strong> Tell one of them the wrong page:{' '}
          <Link href="/admin/freshness">the dashboard</Link> may say why.
        </Notice>
      )}
      <Section id="purges" title="Latest purges">
        {entries.length === 0 ? <p className="muted">None yet.</p> : <AuditTable entries={entries.slice(0, SHOWN)} />}
      </Section>
    </>
  )
}

export default function PurgePage({ searchParams }: Props) {
  return (
    <>
      <p className="muted">
        For emergencies. Copies follow Postgres by themselves: purge what has no row, such as a picture replaced by
        hand, a restored backup, or a Redis written by hand.
      </p>
      <Suspense fallback={<Skeleton rows={8} />}>
        <BreakGlass searchParams={searchParams} />
      </Suspense>
    </>
  )
}
