/**
 * Reads product pages on every web instance as a shopper would and compares what they show with Postgres: version and
 * amount. What is wrong twice in a row is dropped everywhere and alerted.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Finding } from '#lib/alerts/finding.ts'
import { tag } from '#lib/coherence/index.ts'
import { fetchPage } from '#lib/delivery/verification.ts'
import { type Check, MOST_NAMED, type MonitorContext } from '../context.ts'
import { dropPages } from '../pageRepair.ts'
import { sampleProducts } from '../sample.ts'
import { priceElements } from '#lib/catalog/pageStatement.ts'
import { judgeShown, type Wrong } from '../judgeShown.ts'

const RECENT = 6
const RANDOM = 2
const CONCURRENCY = 2
/** Before the second look: a render that was under way has ended. */
const CONFIRM_AFTER_MS = 250

interface Page {
  readonly webUrl: string
  readonly path: string
  readonly productId: number
}

interface Seen extends Wrong {
  readonly page: Page
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

/** @returns all that the page shows and may not; nothing when it could not be read, which another check tells */
async function lookAt({ db, source }: MonitorContext, page: Page): Promise<Seen[]> {
  const name = tag('price', page.productId)
  const floor = new Map([[page.productId, (await source.versions([name])).get(name) ?? 0]])
  const answer = await fetchPage(page.webUrl + page.path).catch(() => undefined)
  if (answer?.status !== 200) return []
  const wrong = await judgeShown(db, priceElements(answer.html), floor)
  return wrong.map((one) => ({ ...one, page, headers: answer.headers }))
}

async function lookAtAll(context: MonitorContext, pages: readonly Page[]): Promise<Seen[]> {
  const waiting = [...pages]
  const seen: Seen[] = []
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (let page = waiting.shift(); page; page = waiting.shift()) seen.push(...(await lookAt(context, page)))
    }),
  )
  return seen
}

function finding({ page, headers, productId, version, amountCents, why, expected }: Seen): Finding {
  const url = page.webUrl + page.path
  return {
    dedupKey: `page:${page.webUrl}:${productId}`,
    kind: why === 'behind' ? 'product-behind' : 'poisoned-page',
    severity: 'critical',
    summary: `${url} showed product ${productId} as version ${version} at ${amountCents} cents, where Postgres has ${expected}. The monitor dropped the page everywhere.`,
    detail: { layer: 'page', productId, url, why, shown: { version, amountCents }, expected, headers },
  }
}

export const pageCheck: Check = {
  name: 'page',
  async run(context, report) {
    const suspects = await lookAtAll(context, await pagesToRead(context))
    if (suspects.length === 0) return []
    await delay(CONFIRM_AFTER_MS)
    const wrong = await lookAtAll(context, [...new Set(suspects.map(({ page }) => page))])
    if (wrong.length === 0) return []
    // Told first: a repair that fails halfway may have dropped the page already.
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
