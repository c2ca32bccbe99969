/** Answers of a proxy in place of the shop, each of the kind that an invariant forbids. */
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import type { Lie, Said } from './lyingProxy.ts'

const isAnswer = ({ method }: IncomingMessage, { status }: Said): boolean => method === 'GET' && status === 200
const hasSession = ({ headers }: IncomingMessage): boolean => headers.cookie?.includes('session_token=') === true

/** The first answer to each question is given again to each who asks the same, and whom `isMeant` names. */
export function keepFirst(isMeant: (asked: IncomingMessage) => boolean = () => true): Lie {
  const first = new Map<string, Said>()
  return {
    answer(asked, said) {
      if (!isAnswer(asked, said)) return said
      const { rsc, 'next-router-segment-prefetch': segment, accept } = asked.headers
      const key = JSON.stringify([asked.url, rsc, segment, accept])
      const known = first.get(key) ?? said
      first.set(key, known)
      return isMeant(asked) ? known : said
    },
  }
}

/** Only who is signed in gets the old answer. */
export const keepForEditors = (): Lie => keepFirst(hasSession)

/** Each who holds a page is told that it is current. */
export const sayUnchanged: Lie = {
  answer(asked, said) {
    const holds = asked.headers['if-none-match'] !== undefined
    return isAnswer(asked, said) && holds ? { ...said, status: 304, body: '' } : said
  },
}

/** One place of a page names another amount than the others. */
export const tearAmount: Lie = {
  answer(asked, said) {
    if (!isAnswer(asked, said)) return said
    const torn = (_all: string, amount: string) => ` data-amount-cents="${Number(amount) + 1}"`
    return { ...said, body: said.body.replace(/ data-amount-cents="(\d+)"/, torn) }
  },
}

const prices = z.array(z.looseObject({ productId: z.int(), version: z.int() }))
type Price = z.infer<typeof prices>[number]

const eachPrice = (change: (price: Price) => Price): Lie => ({
  answer(asked, said) {
    if (!isAnswer(asked, said) || !asked.url?.startsWith('/api/prices?')) return said
    return { ...said, body: JSON.stringify(prices.parse(JSON.parse(said.body)).map(change)) }
  },
})

/** The API gives the first price of one product for good, beside the current ones of others. */
export function keepOnePrice(productId: number): Lie {
  let first: Price | undefined
  return eachPrice((price) => (price.productId === productId ? (first ??= price) : price))
}

const NEVER_SO_MANY = 1_000_000
/** The API names versions that Postgres never had. */
export const inventVersions: Lie = eachPrice((price) => ({ ...price, version: price.version + NEVER_SO_MANY }))

/** Between the shop and its edge: what is purged is another tag, of nothing. */
export const losePurges: Lie = {
  ask(headers) {
    const changed = { ...headers }
    if (changed['x-publish'] !== undefined) changed['x-publish'] = `price:${NEVER_SO_MANY}@1`
    if (changed['xkey-purge'] !== undefined) changed['xkey-purge'] = `price:${NEVER_SO_MANY}`
    return changed
  },
}
