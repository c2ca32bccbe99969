/**
 * Reads product pages on every web instance as a shopper would and compares what they show with Postgres: version and
 * amount. A page that is wrong twice in a row is dropped everywhere and raises an alert. A change has five seconds to reach a page: a price
 * that changes many times a second is always on its way.
 */
import { setTimeout as delay } from 'node:timers/promises'
import pLimit from 'p-limit'
import type { Finding } from '#lib/alerts/finding.ts'
import type { StatedPrice } from '#lib/catalog/pageStatement.ts'
import { judgePage, type PriceJudgement } from '#lib/verification/judge.ts'
import { readPage } from '#lib/verification/readPage.ts'
import { amountsOf, floorsBefore, reductionsOf } from '#lib/verification/truth.ts'
import { VERDICTS } from '#lib/verification/verdict.ts'
import { type Check, MOST_NAMED, type MonitorContext, sampleProducts } from '../context.ts'
import { databaseTime } from '../../probe/source.ts'
import { dropPages } from '../repairs.ts'

const RECENT = 6
const RANDOM = 2
const CONCURRENCY = 2
/** Before the second read: a render that was under way has ended. */
const CONFIRM_AFTER_MS = 250
/** Milliseconds after its commit in which a write past the application may be missing on a page. */
const ON_ITS_WAY_MS = 5_000

interface Page {
  readonly webUrl: string
  readonly path: string
  readonly productId: number
}

interface Wrong extends PriceJudgement {
  readonly page: Page
  readonly shown: StatedPrice
  readonly headers: Readonly<Record<string, string>>
}

/** The English page of what changed lately, and one other language of each product, by chance. */
async function pagesToRead({ db, webUrls, locales }: MonitorContext): Promise<Page[]> {
  const { recent, random } = await sampleProducts(db, RECENT, RANDOM)
  const products = await db.product.findMany({
    where: { id: { in: [...recent, ...random] }, status: 'active' },
    select: { id: true, slug: true },
  })
  const paths = products.flatMap(({ id, slug }) => {
    const other = locales[Math.floor(Math.random() * locales.length)] ?? 'en'
    const chosen = recent.includes(id) ? new Set(['en', other]) : new Set([other])
    return [...chosen].map((locale) => ({ path: `/${locale}/products/${slug}`, productId: id }))
  })
  return webUrls.flatMap((webUrl) => paths.map((page) => ({ webUrl, ...page })))
}

/**
 * @returns all that the page shows and may not; nothing when it could not be read, which another check reports. A page
 *   that shows nothing of its product is left to the prober: here, what is dropped was seen.
 */
async function wrongOn({ db, budgetMs }: MonitorContext, page: Page): Promise<Wrong[]> {
  const before = new Date((await databaseTime(db)).getTime() - Math.min(ON_ITS_WAY_MS, budgetMs / 4))
  const floor = await floorsBefore(db, before, [page.productId])
  const reading = await readPage(page.webUrl + page.path, { productId: page.productId })
  const judged = judgePage(reading, page.productId, {
    // The other products on the page count only with a version that never was: their versions were not asked for.
    floor: (productId) => (productId === page.productId ? floor(productId) : undefined),
    amount: await amountsOf(db, reading.statement.prices),
    reducedFrom: await reductionsOf(db, reading.statement.reductions),
  })
  return judged.flatMap((one) =>
    VERDICTS[one.verdict].isWrong && one.shown ? [{ ...one, shown: one.shown, page, headers: reading.headers }] : [],
  )
}

async function wrongOnAll(context: MonitorContext, pages: readonly Page[]): Promise<Wrong[]> {
  return (await pLimit(CONCURRENCY).map(pages, (page) => wrongOn(context, page))).flat()
}

function finding({ page, headers, productId, shown, verdict, why, expected }: Wrong): Finding {
  const url = page.webUrl + page.path
  return {
    dedupKey: `page:${page.webUrl}:${productId}`,
    kind: verdict === 'behind' ? 'product-behind' : 'poisoned-page',
    severity: 'critical',
    summary: `${url} showed product ${productId} as version ${shown.version} at ${shown.amountMinor} minor units. ${why} The monitor dropped the page everywhere.`,
    detail: {
      layer: 'page',
      productId,
      url,
      verdict,
      why,
      shown: { version: shown.version, amountMinor: shown.amountMinor },
      expectedVersion: expected?.version ?? null,
      headers,
    },
  }
}

export const pageCheck: Check = {
  name: 'page',
  async run(context, report) {
    const suspects = await wrongOnAll(context, await pagesToRead(context))
    if (suspects.length === 0) return []
    await delay(CONFIRM_AFTER_MS)
    const wrong = await wrongOnAll(context, [...new Set(suspects.map(({ page }) => page))])
    if (wrong.length === 0) return []
    // Reported first: a repair that fails halfway may have dropped the page already.
    const findings = wrong.slice(0, MOST_NAMED).map(finding)
    await report(findings)
    await dropPages(
      context,
      [...new Set(wrong.flatMap(({ productId, page }) => [productId, page.productId]))],
      [...new Set(wrong.map(({ page }) => page.path))],
    )
    return findings
  },
}
