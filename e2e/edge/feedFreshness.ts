/** The product feed behind an edge. */
import { expect } from '@playwright/test'
import { pagesOf } from '../support/pagesOf.ts'
import { shownPrice } from '../support/shownPrices.ts'
import { ask, type EdgeShop } from './edgeShop.ts'

/** After each edit the feed and the page, both read through the edge, have its version; neither is behind the other before. */
export async function expectFeedAndPageAgree(edge: EdgeShop, productId: number): Promise<void> {
  const {
    products: [page = ''],
  } = await pagesOf(edge.shop.database, productId)
  const feed = `/en/feeds/google/${Math.ceil(productId / 200)}.xml`
  const statement = new RegExp(`product-id="${productId}" price="(\\d+)"`)
  const inFeed = async () => Number(statement.exec((await ask(edge.url + feed)).body)?.[1])
  const onPage = async () => shownPrice((await ask(edge.url + page)).body, productId).version ?? 0
  for (let i = 0; i < 10; i++) {
    const editing = edge.liveEdit(productId, 4_000 + i)
    const during = [await inFeed(), await onPage(), await inFeed(), await onPage()]
    expect(during).toEqual(during.toSorted((a, b) => a - b))
    const version = await editing
    expect([await onPage(), await inFeed()]).toEqual([version, version])
  }
}
