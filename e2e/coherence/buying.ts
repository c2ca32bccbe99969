/** A shopper's pages and orders, as the checker records them. */
import { type Answer, fieldsIn, linesIn, type Shopper } from '../support/shopper.ts'
import type { Checker } from './checker.ts'
import type { Line } from './history.ts'
import { readPage } from './readings.ts'

const STANDARD = 'standard:490'

/** An order that its shopper was led to: from here on it may not be lost. */
export interface Acknowledged {
  readonly number: string
  readonly cart: string
  /** The lines of the form. */
  readonly accepted: readonly Line[]
}

/** Records the page of a cart, or the form of a checkout, as a read. */
export function recordShown(checker: Checker, shopper: Shopper, page: Answer): void {
  const { shown, torn } = readPage(page.body, undefined)
  // A page without a price would pass every check.
  const nothing = shown.length === 0 ? [`no price in ${page.url}`] : []
  checker.read({ client: shopper.name, ...page, shown, torn: [...torn, ...nothing] })
}

/**
 * Accepts what the form on `page` says, so many times at once, and reads the orders that it is led to.
 * @param acknowledge told of each order that it is led to, before anything else can fail
 * @returns the answers to the forms; undefined when the form has no line left
 * @throws when one of the forms, or the page of an order, has no answer
 */
export async function accept(
  checker: Checker,
  shopper: Shopper,
  page: Answer,
  times: number,
  acknowledge: (order: Acknowledged) => void = () => undefined,
): Promise<Answer[] | undefined> {
  const accepted = linesIn(page.body)
  if (accepted.length === 0) return undefined
  checker.read({ client: shopper.name, ...page, shown: accepted, torn: [] })
  const cart = new Map(fieldsIn(page.body)).get('cart') ?? ''
  const send = async () => {
    const answer = await shopper.order(page, STANDARD)
    const [, number = ''] = /\/orders\/([\w-]+)$/.exec(answer.location ?? '') ?? []
    if (answer.status === 303) acknowledge({ number, cart, accepted })
    return { answer, number }
  }
  const sent = await Promise.allSettled(Array.from({ length: times }, send))
  const answers = sent.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  for (const { number, answer } of answers) {
    const { status, start, end, instance } = answer
    if (status !== 303) continue
    const read = { client: shopper.name, instance, start, end }
    const order = await shopper.get(`/en/orders/${number}`).catch(() => undefined)
    if (order?.status === 200) {
      checker.ordered({ ...read, cart, number, accepted, lines: linesIn(order.body) })
      continue
    }
    // A store may be away: the order is there, and its page is not. It has what was accepted, see `lostOrders`.
    checker.refused({ ...read, url: ` (order ${number})` }, order?.status)
    checker.read({ ...read, url: ` (order ${number})`, shown: accepted, torn: [] })
  }
  const broken = sent.find((one) => one.status === 'rejected')
  if (broken) throw broken.reason
  return answers.map(({ answer }) => answer)
}
