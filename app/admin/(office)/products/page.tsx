import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { findPricedProducts } from '#lib/pricing/pricedProducts.ts'
import { PageHead, Stack } from '../../_components/Layout.tsx'
import { Empty, Skeleton } from '../../_components/States.tsx'
import { Pager } from '../../_components/Pager.tsx'
import { ProductTable } from '../../_components/ProductTable.tsx'
import { SearchForm } from '../../_components/SearchForm.tsx'
import { first, pageNumber } from '../../_lib/params.ts'
import { requireSession } from '../../_lib/session.ts'

export const metadata: Metadata = { title: 'Prices' }

type Props = PageProps<'/admin/products'>

function address(query: string, page: number): string {
  const params = new URLSearchParams({
    ...(query === '' ? {} : { q: query }),
    ...(page > 1 ? { page: String(page) } : {}),
  })
  return params.size === 0 ? '/admin/products' : `/admin/products?${params}`
}

async function Search({ searchParams }: Pick<Props, 'searchParams'>) {
  const { q } = await searchParams
  return <SearchForm query={first(q).trim()} />
}

async function Products({ searchParams }: Pick<Props, 'searchParams'>) {
  const params = await searchParams
  const query = first(params['q']).trim()
  const page = pageNumber(first(params['page']))
  await requireSession(address(query, page))
  const { products, hasNext } = await findPricedProducts(query, page)
  if (products.length === 0) {
    return query === '' ? (
      <Empty title="There are no products here">The catalog is empty, or this page is behind its end.</Empty>
    ) : (
      <Empty title={`Nothing is called “${query}”`}>
        Every word must occur in the name, the SKU or the brand. Try fewer letters.
      </Empty>
    )
  }
  return (
    <>
      <ProductTable products={products} />
      <Pager
        previous={page > 1 ? address(query, page - 1) : undefined}
        next={hasNext ? address(query, page + 1) : undefined}
        page={page}
      />
    </>
  )
}

export default function ProductsPage({ searchParams }: Props) {
  return (
    <Stack gap={6}>
      <PageHead title="Prices" lead={<Link href="/admin/products/stock">Import stock</Link>}>
        <Suspense fallback={<SearchForm />}>
          <Search searchParams={searchParams} />
        </Suspense>
      </PageHead>
      <Suspense fallback={<Skeleton rows={12} />}>
        <Products searchParams={searchParams} />
      </Suspense>
    </Stack>
  )
}
