/** A shopper's pages and orders, as the checker records them. */
import { type Answer, fieldsIn, linesIn, type Shopper } from '../support/shopper.ts'
import type { Checker } from './checker.ts'
import { readPage } from './readings.ts'

const STANDARD = 'standard:490'

/** Records the page of a cart, or the form of a checkout, as a read. */
export function recordShown(checker: Checker, shopper: Shopper, page: Answer): void {
  const { shown, torn } = readPage(page.body, undefined)
  checker.read({ client: shopper.name, ...page, shown, torn })
}

/**
 * Accepts what the form on `page` says, so many times at once, and reads the orders that it is led to.
 * @returns the answers to the forms; undefined when the form has no line left
 */
export async function accept(
  checker: Checker,
  shopper: Shopper,
  page: Answer,
  times: number,
): Promise<Answer[] | undefined> {
  const accepted = linesIn(page.body)
  if (accepted.length === 0) return undefined
  checker.read({ client: shopper.name, ...page, shown: accepted, torn: [] })
  const cart = new Map(fieldsIn(page.body)).get('cart') ?? ''
  const answers = await Promise.all(Array.from({ length: times }, () => shopper.order(page, STANDARD)))
  for (const { status, location, start, end, instance } of answers) {
    if (status !== 303) continue
    const [, number = ''] = /\/orders\/([\w-]+)$/.exec(location ?? '') ?? []
    const order = await shopper.get(`/en/orders/${number}`)
    // A store may be away: the order is there, and its page is not.
    if (order.status !== 200) continue
    checker.ordered({ client: shopper.name, instance, start, end, cart, number, accepted, lines: linesIn(order.body) })
  }
  return answers
}
