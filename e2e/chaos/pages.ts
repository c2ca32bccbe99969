/** Whether each page of each web instance and of the edge shows what Postgres has, in every language of the shop. */
import { LOCALES } from '#lib/platform/locales.ts'
import { Client, ReadFailure } from '../coherence/client.ts'
import type { Shown } from '../coherence/history.ts'
import type { Reading } from '../coherence/readings.ts'
import { hotProducts, type Target } from '../coherence/targets.ts'

/** Some 4,500 pages of 60 products are compared within a minute on two cores. A page that is not compared by then is a difference. */
const COMPARED_WITHIN_MS = 180_000
const ALL = 1_000_000

interface Place {
  readonly locale: string
  readonly target: Target
}

interface Wanted {
  readonly places: readonly Place[]
  /** All products, for the API. */
  readonly ids: readonly number[]
  readonly prices: ReadonlyMap<number, Shown>
}

interface Compared {
  readonly pages: number
  /** Each in words. */
  readonly differences: readonly string[]
}

/** @returns what is wrong with a page, in words */
export function differencesOf({ shown, torn }: Reading, prices: Wanted['prices']): string[] {
  const wrong = shown.flatMap(({ productId, version, amountCents }) => {
    const right = prices.get(productId)
    if (right?.version === version && right.amountCents === amountCents) return []
    const has = `Postgres has version ${right?.version} for ${right?.amountCents}`
    return [`shows product ${productId} at version ${version} for ${amountCents} cents; ${has}`]
  })
  return [
    ...(shown.length === 0 ? ['shows no price'] : []),
    ...wrong,
    ...torn.map((one) => `contradicts itself: ${one}`),
  ]
}

async function comparedAt(origin: string, { places, ids, prices }: Wanted, deadline: number): Promise<Compared> {
  const client = new Client(`comparison of ${origin}`, 'br')
  const differences: string[] = []
  let pages = 0
  for (const { locale, target } of places) {
    if (performance.now() > deadline) {
      differences.push(`${places.length - pages} pages of ${origin} were not compared in time`)
      break
    }
    pages++
    const representation = target.kind === 'api' ? 'json' : target.kind === 'feed' ? 'xml' : 'html'
    const name = `${origin}/${locale}${target.kind === 'api' ? ' (API)' : target.path}`
    try {
      const { reading } = await client.get({ origin, locale, target, representation, ids })
      differences.push(...differencesOf(reading, prices).map((one) => `${name} ${one}`))
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error
      differences.push(`${name} has no answer: ${error.why}`)
    }
  }
  client.close()
  return { pages, differences }
}

/** @param prices of Postgres @param withinMs for all pages together */
export async function pageDifferences(
  databaseUrl: string,
  origins: readonly string[],
  prices: ReadonlyMap<number, Shown>,
  withinMs = COMPARED_WITHIN_MS,
): Promise<Compared> {
  const deadline = performance.now() + withinMs
  const products = await hotProducts(databaseUrl, ALL)
  const pages = new Map<string, Target>()
  for (const { targets } of products)
    for (const target of Object.values(targets).flat()) if (target.kind !== 'api') pages.set(target.path, target)
  const api = products.slice(0, 1).flatMap(({ targets }) => targets.api.map((target) => ({ locale: 'en', target })))
  const found = await Promise.all(
    origins.map((origin, i) => {
      // Each begins with another language, so that they do not render the same pages at the same time.
      const locales = [...LOCALES.slice(i % LOCALES.length), ...LOCALES.slice(0, i % LOCALES.length)]
      const places = locales.flatMap((locale) => [...pages.values()].map((target) => ({ locale, target })))
      return comparedAt(origin, { places: [...places, ...api], ids: products.map(({ id }) => id), prices }, deadline)
    }),
  )
  return {
    pages: found.reduce((sum, one) => sum + one.pages, 0),
    differences: found.flatMap(({ differences }) => differences),
  }
}
