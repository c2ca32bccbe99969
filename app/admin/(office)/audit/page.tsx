import type { Metadata } from 'next'
import { Suspense } from 'react'
import { type AuditFilter, readAudit } from '#lib/audit/readAudit.ts'
import { ButtonLink } from '../../../_ui/Button.tsx'
import { PageHead, Row, Stack } from '../../_components/Layout.tsx'
import { Empty, Skeleton } from '../../_components/States.tsx'
import { first } from '../../_lib/params.ts'
import { requireSession } from '../../_lib/session.ts'
import { AuditFilters } from './AuditFilters.tsx'
import { AuditTable } from './AuditTable.tsx'

export const metadata: Metadata = { title: 'Audit log' }

type Props = PageProps<'/admin/audit'>

const FIELDS = ['actor', 'action', 'target', 'from', 'to', 'before'] as const

/** A day typed into the form begins at midnight UTC, and the last day counts to its end. */
function filterOf(given: Readonly<Record<string, string>>): AuditFilter {
  const day = (text: string | undefined, days: number) => {
    const at = /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
    return Number.isNaN(at) ? undefined : new Date(at + days * 86_400_000).toISOString()
  }
  const before = /^[1-9]\d{0,17}$/.test(given['before'] ?? '') ? given['before'] : undefined
  return {
    actor: given['actor'],
    action: given['action'],
    target: given['target'],
    from: day(given['from'], 0),
    to: day(given['to'], 1),
    before,
  }
}

async function Log({ searchParams }: Pick<Props, 'searchParams'>) {
  const asked = await searchParams
  const given = Object.fromEntries(
    FIELDS.flatMap((name) => {
      const text = first(asked[name]).trim().slice(0, 200)
      return text === '' ? [] : [[name, text]]
    }),
  )
  const principal = await requireSession(`/admin/audit?${new URLSearchParams(given)}`)
  const filter = filterOf(given)
  const { entries, next } = await readAudit(filter, principal)
  const { before: _page, ...whole } = filter
  const matching = new URLSearchParams(Object.entries(whole).flatMap(([name, value]) => (value ? [[name, value]] : [])))
  return (
    <>
      <AuditFilters given={given} />
      {entries.length === 0 ? (
        <Empty title="No entry matches">Leave out a filter, or look at another time.</Empty>
      ) : (
        <AuditTable entries={entries} />
      )}
      <Row>
        {next === null ? null : (
          <ButtonLink
            href={`/admin/audit?${new URLSearchParams({ ...given, before: next })}`}
            variant="secondary"
            size="sm"
            rel="next"
          >
            Older entries
          </ButtonLink>
        )}
        {entries.length === 0 ? null : (
          <a href={`/api/admin/audit/export?${matching}`} download>
            Download what matches (CSV)
          </a>
        )}
      </Row>
    </>
  )
}

export default function AuditPage({ searchParams }: Props) {
  return (
    <Stack gap={6}>
      <PageHead title="Audit log" lead="Entries cannot be changed." />
      <Suspense fallback={<Skeleton rows={10} />}>
        <Log searchParams={searchParams} />
      </Suspense>
    </Stack>
  )
}
