import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Suspense } from 'react'
import { roleMay } from '#lib/access/permissions.ts'
import { readTexts } from '#lib/pricing/changeTexts.ts'
import { priceHistory } from '#lib/pricing/history.ts'
import { pricedProduct } from '#lib/pricing/pricedProducts.ts'
import { Notice } from '../../../../_ui/Notice.tsx'
import { Section, Stack } from '../../../_components/Layout.tsx'
import { ChangeCost } from '../../../_components/ChangeCost.tsx'
import { ChangePrice } from '../../../_components/ChangePrice.tsx'
import { ChangeSlug, ChangeTexts } from '../../../_components/ChangeProduct.tsx'
import { ChangeStatus } from '../../../_components/ChangeStatus.tsx'
import { ChangeStock } from '../../../_components/ChangeStock.tsx'
import { CurrentPrice } from '../../../_components/CurrentPrice.tsx'
import { PriceHistory } from '../../../_components/PriceHistory.tsx'
import { ProductHeading } from '../../../_components/ProductTable.tsx'
import { Skeleton } from '../../../_components/States.tsx'
import { editsPath } from '../../../_freshness/format.ts'
import { first, idNumber } from '../../../_lib/params.ts'
import styles from '../../../_components/product.module.css'
import { requireSession } from '../../../_lib/session.ts'

export const metadata: Metadata = { title: 'Change a price' }

type Props = PageProps<'/admin/products/[id]'>

async function Product({ params, searchParams }: Props) {
  const [{ id: text }, { before }] = await Promise.all([params, searchParams])
  const editor = await requireSession(`/admin/products/${text}`)
  const id = idNumber(text)
  if (id === undefined) notFound()
  const [product, texts, history] = await Promise.all([
    pricedProduct(id),
    readTexts(id),
    priceHistory(id, { before: idNumber(first(before)) }),
  ])
  if (!product || !texts) notFound()
  return (
    <>
      <ProductHeading product={product} />
      <div className={styles.columns}>
        <CurrentPrice product={product} />
        <Section id="change" title={product.sale ? 'Change the base price' : 'Change the price'} panel>
          {roleMay(editor.role, 'prices:write') ? (
            <ChangePrice
              productId={id}
              price={{
                amountMinor: product.baseAmountMinor,
                compareAtMinor: product.baseCompareAtMinor,
                currency: product.currency,
                version: product.version,
              }}
              inSale={product.sale !== null}
            />
          ) : (
            <Notice tone="warning">
              <strong>Changing prices needs the role editor.</strong> Yours is {editor.role}: ask an administrator.
            </Notice>
          )}
        </Section>
      </div>
      {roleMay(editor.role, 'prices:write') ? (
        <Section id="cost-of-it" title="Cost and margin" panel>
          <ChangeCost
            productId={id}
            costMinor={product.costMinor}
            amountMinor={product.amountMinor}
            currency={product.currency}
          />
        </Section>
      ) : null}
      {roleMay(editor.role, 'products:write') ? (
        <Section id="stock" title="Stock" panel aside={<Link href={editsPath('stock', id)}>Receipts</Link>}>
          <ChangeStock productId={id} stock={product.stock} />
        </Section>
      ) : null}
      {roleMay(editor.role, 'products:write') ? (
        <Section id="status" title="In the shop" panel aside={<Link href={editsPath('product', id)}>Receipts</Link>}>
          <ChangeStatus productId={id} discontinued={product.discontinued} />
        </Section>
      ) : null}
      {roleMay(editor.role, 'products:write') ? (
        <Section
          id="texts"
          title="Texts and address"
          panel
          aside={<Link href={editsPath('product', id)}>Receipts</Link>}
        >
          <ChangeTexts productId={id} texts={texts} />
          <ChangeSlug productId={id} slug={product.slug} />
        </Section>
      ) : null}
      <Section id="history" title="History">
        <p>
          <Link href={`/admin/freshness/products/${id}`}>Freshness of each layer</Link> ·{' '}
          <Link href={`/admin/freshness/ledger?q=${id}`}>All edits of this product</Link>
        </p>
        <PriceHistory history={history} path={`/admin/products/${id}`} isFirstPage={!before} />
      </Section>
    </>
  )
}

export default function ProductPricePage(props: Props) {
  return (
    <Stack gap={5}>
      <nav aria-label="Breadcrumb">
        <Link href="/admin/products">All prices</Link>
      </nav>
      <Suspense fallback={<Skeleton rows={6} />}>
        <Product {...props} />
      </Suspense>
    </Stack>
  )
}
