import type { Metadata } from 'next'
import Form from 'next/form'
import { Suspense } from 'react'
import { readLedger } from '#lib/observability/dashboard/reads.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { Field } from '../../../../_ui/Field.tsx'
import { Empty } from '../../../_components/Empty.tsx'
import search from '../../../_components/SearchForm.module.css'
import { Skeleton } from '../../../_components/Skeleton.tsx'
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
      <search className={search.frame}>
        <Form action="/admin/freshness/ledger" className={search.search}>
          <Field
            id="ledger-q"
            name="q"
            type="search"
            label="Find edits"
            hideLabel
            placeholder="Product id, SKU, bulk edit or correlation id"
            defaultValue={query}
            key={query}
            maxLength={200}
            autoComplete="off"
            className={search.field}
          />
          <Button type="submit">Find</Button>
        </Form>
      </search>
      <LedgerTable
        edits={edits}
        empty={
          <Empty title="No edit was found">
            Search by a product’s id or SKU, the id of a bulk edit, or a correlation id from a log.
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
