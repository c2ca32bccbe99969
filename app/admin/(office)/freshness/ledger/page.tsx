import type { Metadata } from 'next'
import { Suspense } from 'react'
import { readLedger } from '#lib/observability/dashboard/reads.ts'
import { Empty, Skeleton } from '../../../_components/States.tsx'
import { SearchForm } from '../../../_components/SearchForm.tsx'
import { LedgerTable } from '../../../_freshness/LedgerTable.tsx'
import { first } from '../../../_lib/params.ts'
import { requireSession } from '../../../_lib/session.ts'

export const metadata: Metadata = { title: 'Ledger' }

type Props = PageProps<'/admin/freshness/ledger'>

async function Ledger({ searchParams }: Pick<Props, 'searchParams'>) {
  const query = first((await searchParams)['q'])
    .trim()
    .slice(0, 200)
  await requireSession(
    query === '' ? '/admin/freshness/ledger' : `/admin/freshness/ledger?${new URLSearchParams({ q: query })}`,
  )
  const edits = await readLedger(query)
  return (
    <>
      <SearchForm
        query={query}
        action="/admin/freshness/ledger"
        label="Find edits"
        placeholder="An id, a SKU or stock:42"
      />
      <LedgerTable
        edits={edits}
        empty={
          <Empty title="No edit was found">
            Search by a product’s id or SKU, by what was changed (stock:42, product:42, category:7), by the id of a bulk
            edit, or by a correlation id from a log. Edits of other things than prices are kept for 35 days.
          </Empty>
        }
      />
    </>
  )
}

export default function LedgerPage({ searchParams }: Props) {
  return (
    <Suspense fallback={<Skeleton rows={10} />}>
      <Ledger searchParams={searchParams} />
    </Suspense>
  )
}
