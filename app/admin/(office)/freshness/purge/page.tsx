import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { readAudit } from '#lib/audit/readAudit.ts'
import { LOCALES } from '#lib/platform/locales.ts'
import { Notice } from '../../../../_ui/Notice.tsx'
import { Skeleton } from '../../../_components/Skeleton.tsx'
import { first, idNumber } from '../../../_lib/params.ts'
import { requireSession } from '../../../_lib/session.ts'
import { AuditTable } from '../../audit/AuditTable.tsx'
import page from '../../page.module.css'
import { PurgeForm } from './PurgeForm.tsx'
import styles from './purge.module.css'

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
        <div className={styles.panel}>
          <PurgeForm locales={LOCALES} product={product === undefined ? '' : String(product)} />
        </div>
      ) : (
        <Notice>
          <strong>Only administrators purge.</strong> Tell one of them which page is wrong:{' '}
          <Link href="/admin/freshness">the dashboard</Link> may say why.
        </Notice>
      )}
      <section aria-labelledby="purges">
        <h2 id="purges" className={page.heading}>
          Latest purges
        </h2>
        {entries.length === 0 ? (
          <p className="muted">There was none.</p>
        ) : (
          <AuditTable entries={entries.slice(0, SHOWN)} />
        )}
      </section>
    </>
  )
}

export default function PurgePage({ searchParams }: Props) {
  return (
    <>
      <p className={styles.lead}>
        Break glass. Every copy follows the row in Postgres by itself, so this is for what has no row: a picture
        replaced by hand, a restored backup, a Redis that was written to by hand.
      </p>
      <Suspense fallback={<Skeleton rows={8} />}>
        <BreakGlass searchParams={searchParams} />
      </Suspense>
    </>
  )
}
