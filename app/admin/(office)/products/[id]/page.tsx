import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { Suspense } from 'react'
import { roleMay } from '#lib/access/permissions.ts'
import { readTexts } from '#lib/pricing/changeTexts.ts'
import { priceHistory } from '#lib/pricing/history.ts'
import { pricedProduct } from '#lib/pricing/pricedProducts.ts'
import { Notice } from '../../../../_ui/Notice.tsx'
import { ChangeCost } from '../../../_components/ChangeCost.tsx'
import { ChangePrice } from '../../../_components/ChangePrice.tsx'
import { ChangeSlug, ChangeTexts } from '../../../_components/ChangeProduct.tsx'
import { ChangeStatus } from '../../../_components/ChangeStatus.tsx'
import { ChangeStock } from '../../../_components/ChangeStock.tsx'
import { CurrentPrice } from '../../../_components/CurrentPrice.tsx'
import { PriceHistory } from '../../../_components/PriceHistory.tsx'
import { ProductHeading } from '../../../_components/ProductHeading.tsx'
import { Skeleton } from '../../../_components/Skeleton.tsx'
import { first, idNumber } from '../../../_lib/params.ts'
import { requireSession } from '../../../_lib/session.ts'
import styles from './page.module.css'

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
        <section aria-labelledby="change" className={styles.panel}>
          <h2 id="change" className={styles.heading}>
            {product.sale ? 'Change the base price' : 'Change the price'}
          </h2>
          {roleMay(editor.role, 'prices:write') ? (
            <ChangePrice
              productId={id}
              price={{
                amountMinor: product.baseAmountMinor,
                compareAtMinor: product.baseCompareAtMinor,
                version: product.version,
              }}
              inSale={product.sale !== null}
            />
          ) : (
            <Notice tone="warning">
              <strong>You may look, but not change.</strong> Your role is “{editor.role}”. Ask an administrator for the
              role “editor”.
            </Notice>
          )}
        </section>
      </div>
      {roleMay(editor.role, 'prices:write') ? (
        <section aria-labelledby="cost-of-it" className={styles.panel}>
          <h2 id="cost-of-it" className={styles.heading}>
            Cost and margin
          </h2>
          <ChangeCost productId={id} costMinor={product.costMinor} amountMinor={product.amountMinor} />
        </section>
      ) : null}
      {roleMay(editor.role, 'products:write') ? (
        <section aria-labelledby="stock" className={styles.panel}>
          <h2 id="stock" className={styles.heading}>
            Stock
          </h2>
          <ChangeStock productId={id} stock={product.stock} />
        </section>
      ) : null}
      {roleMay(editor.role, 'products:write') ? (
        <section aria-labelledby="shelves" className={styles.panel}>
          <h2 id="shelves" className={styles.heading}>
            In the shop
          </h2>
          <ChangeStatus productId={id} discontinued={product.discontinued} />
        </section>
      ) : null}
      {roleMay(editor.role, 'products:write') ? (
        <section aria-labelledby="texts" className={styles.panel}>
          <h2 id="texts" className={styles.heading}>
            Texts and address
          </h2>
          <ChangeTexts productId={id} texts={texts} />
          <ChangeSlug productId={id} slug={product.slug} />
        </section>
      ) : null}
      <section aria-labelledby="history">
        <h2 id="history" className={styles.heading}>
          History
        </h2>
        <p className={styles.freshness}>
          <Link href={`/admin/freshness/products/${id}`}>Which version does each layer show?</Link>
        </p>
        <PriceHistory history={history} path={`/admin/products/${id}`} isFirstPage={!before} />
      </section>
    </>
  )
}

export default function ProductPricePage(props: Props) {
  return (
    <div className={styles.page}>
      <nav aria-label="Breadcrumb">
        <Link href="/admin/products">All prices</Link>
      </nav>
      <Suspense fallback={<Skeleton rows={6} />}>
        <Product {...props} />
      </Suspense>
    </div>
  )
}
