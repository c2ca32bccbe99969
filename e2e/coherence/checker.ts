/**
 * Asserts invariants 1 to 5 over a history, that each row is linearizable, that a read shows no part of a commit, and what an order is. It judges each read when it
 * ends and keeps nothing of it but the floors that it raised, so that its memory grows with the edits and not with the reads.
 *
 * The order of events does not matter, as long as versions that were live when a read started are recorded before that read.
 */
import { unaccepted } from './accepted.ts'
import { Floor } from './floor.ts'
import { Overtaken, type Behind, type Edge } from './overtaken.ts'
import { WholeCommits } from './wholeCommits.ts'
import {
  type Committed,
  type Invariant,
  type Live,
  type Ordered,
  type Read,
  type Shown,
  type Stocked,
  type Violation,
  type Write,
} from './history.ts'

/**
 * Milliseconds for which an answer marked STALE may be behind, with Redis and Postgres away: the index lease, within which
 * it was confirmed, and what a busy machine adds.
 */
export const STALE_BEHIND_MS = 2_500
/** Violations of one kind that are described; all of them are counted. */
const DESCRIBED = 10

interface Fact {
  readonly shown: Shown
  /** The read that ended first among those that showed it. */
  first: Omit<Read, 'shown' | 'torn'>
}

export interface Verdict {
  readonly reads: number
  /** Prices in those reads. */
  readonly prices: number
  readonly writes: number
  readonly versionsShown: number
  /** Each once, however often its shopper was led to it. */
  readonly orders: number
  /** With `oversold` among them where stocks were given: otherwise it was not judged. */
  readonly counts: Readonly<Record<Exclude<Invariant, 'oversold'>, number>>
  readonly violations: readonly Violation[]
  /** See `Overtaken`. */
  readonly behindOthers: Behind
  /** Prices that were older than an edit of the same client that was answered with "still propagating". */
  readonly behindPropagating: number
}

function at<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const created = create()
  map.set(key, created)
  return created
}

const ms = (time: number): string => `${time.toFixed(1)} ms`
const seen = (read: Omit<Read, 'shown' | 'torn'>): string =>
  `${read.client} had read it from ${read.instance}${read.url}, ended at ${ms(read.end)}`

interface Seen {
  readonly invariant: 'backwards' | 'own-write'
  readonly event: () => string
}

export class Checker {
  readonly #edge: Edge | undefined
  readonly #live = { web: new Map<number, Floor<undefined>>(), edge: new Map<number, Floor<undefined>>() }
  readonly #others: Overtaken
  readonly #clients = new Map<string, Map<number, Floor<Seen>>>()
  readonly #propagating = new Map<string, Map<number, Floor<undefined>>>()
  readonly #facts = new Map<number, Map<number, Fact>>()
  readonly #written = new Map<number, Map<number, Write>>()
  readonly #violations: Violation[] = []
  readonly #orders = new Map<string, Ordered>()
  readonly #counts: Record<Invariant, number> = {
    stale: 0,
    backwards: 0,
    'own-write': 0,
    overtaken: 0,
    invented: 0,
    half: 0,
    torn: 0,
    unaccepted: 0,
    refused: 0,
    doubled: 0,
    oversold: 0,
  }
  #found: (violation: Violation) => void = () => undefined
  readonly #totals = { reads: 0, prices: 0, writes: 0, behindPropagating: 0 }

  /** Called with each write of several products that is one commit. */
  readonly together = new WholeCommits(({ read, before, after }) =>
    this.#report(
      'half',
      before.productId,
      read,
      before,
      `version ${after.version} of product ${after.productId} is shown, and what was committed with it is not`,
    ),
  )

  constructor(edge?: Edge) {
    this.#edge = edge
    this.#others = new Overtaken(edge)
  }

  get violations(): readonly Violation[] {
    return this.#violations
  }

  /** Calls `found` with each violation from now on, those too that are only counted. */
  watch(found: (violation: Violation) => void): void {
    this.#found = found
  }

  /** The number of things that are kept. */
  get size(): number {
    const floors = [this.#live.web, this.#live.edge, ...this.#propagating.values(), ...this.#clients.values()].flatMap(
      (map) => [...map.values()],
    )
    const facts = [...this.#facts.values(), ...this.#written.values()]
    return (
      this.together.size +
      this.#others.size +
      floors.reduce((sum, floor) => sum + floor.size, 0) +
      facts.reduce((sum, map) => sum + map.size, 0)
    )
  }

  live({ productId, version, at: time, place }: Live): void {
    for (const one of place === undefined ? (['web', 'edge'] as const) : [place])
      at(this.#live[one], productId, () => new Floor()).raise(time, version, undefined)
  }

  /** An edit whose answer has arrived. Whether it is live yet, `live` says. */
  wrote(write: Write): void {
    this.#totals.writes++
    at(this.#written, write.productId, () => new Map()).set(write.version, write)
    const event = () => `${write.client} got the answer "live" for version ${write.version} at ${ms(write.end)}`
    if (write.channel !== 'api') return
    if (write.propagating) this.#awaited(write.client, write.productId).raise(write.end, write.version, undefined)
    else this.#seen(write.client, write.productId).raise(write.end, write.version, { invariant: 'own-write', event })
  }

  read(read: Read): void {
    this.#totals.reads++
    const { client, url, instance, start, end, stale = false } = read
    const short = { client, url, instance, start, end, stale }
    for (const problem of read.torn) this.#report('torn', 0, short, undefined, problem)
    for (const shown of read.shown) this.#judge(short, shown)
    this.together.read(short, read.shown)
    // Only now: a page that shows a product twice must not be judged by itself.
    for (const shown of read.shown) {
      const { productId, version } = shown
      this.#seen(client, productId).raise(end, version, { invariant: 'backwards', event: () => seen(short) })
      this.#others.showed(short, shown)
    }
  }

  /** A read that no page answered. @param status undefined where no answer came: a process may be away */
  refused(read: Violation['read'], status: number | undefined): void {
    if (status !== undefined && status !== 503)
      this.#report('refused', 0, read, undefined, `it was answered with status ${status}`)
  }

  /** An order that its shopper was led to. Led to it again, it must be the same. */
  ordered(order: Ordered): void {
    const { client, instance, start, end, cart, number, lines } = order
    const read = { client, url: ` (order ${number})`, instance, start, end }
    const known = this.#orders.get(cart)
    if (known) {
      const before = `order ${known.number} was made of the same cart`
      if (known.number !== number) this.#report('doubled', lines[0]?.productId ?? 0, read, lines[0], before)
      return
    }
    this.#orders.set(cart, order)
    for (const { productId, shown, against } of unaccepted(order))
      this.#report('unaccepted', productId, read, shown, against)
    this.read({ ...read, shown: lines, torn: [] })
  }

  #judge(read: Omit<Read, 'shown' | 'torn'>, shown: Shown): void {
    this.#totals.prices++
    const { productId, version, amountCents } = shown
    const asOf = read.stale ? read.start - STALE_BEHIND_MS : read.start
    const place = read.instance === this.#edge?.origin ? 'edge' : 'web'
    const live = this.#live[place].get(productId)?.at(asOf)
    if (live && live.version > version)
      this.#report('stale', productId, read, shown, `version ${live.version} was live at ${ms(live.at)}`)
    const own = this.#seen(read.client, productId).at(asOf)
    if (own && own.version > version)
      this.#report(own.cause.invariant, productId, read, shown, `version ${own.version}: ${own.cause.event()}`)
    const newer = this.#others.judge(read, shown, asOf)
    if (newer) this.#report('overtaken', productId, read, shown, `version ${newer.version}: ${seen(newer.by)}`)
    if ((this.#awaited(read.client, productId).at(read.start)?.version ?? 0) > version) this.#totals.behindPropagating++

    const fact = at(
      at(this.#facts, productId, () => new Map<number, Fact>()),
      version,
      () => ({ shown, first: read }),
    )
    if (fact.shown.amountCents !== amountCents) {
      this.#report(
        'torn',
        productId,
        read,
        shown,
        `${fact.shown.amountCents} cents at the same version: ${seen(fact.first)}`,
      )
    }
    if (read.end < fact.first.end) fact.first = read
  }

  #awaited(client: string, productId: number): Floor<undefined> {
    return at(
      at(this.#propagating, client, () => new Map<number, Floor<undefined>>()),
      productId,
      () => new Floor(),
    )
  }

  #seen(client: string, productId: number): Floor<Seen> {
    return at(
      at(this.#clients, client, () => new Map<number, Floor<Seen>>()),
      productId,
      () => new Floor(),
    )
  }

  #report(
    invariant: Invariant,
    productId: number,
    read: Violation['read'],
    shown: Shown | undefined,
    against: string,
  ): void {
    const violation = { invariant, productId, read, shown, against }
    this.#found(violation)
    if (this.#counts[invariant]++ < DESCRIBED) this.#violations.push(violation)
  }

  #sold(stocks: Iterable<Stocked>): void {
    const orders = [...this.#orders.values()]
    for (const { productId, before, after } of stocks) {
      const sold = orders
        .flatMap(({ lines }) => lines)
        .reduce((sum, line) => sum + (line.productId === productId ? line.quantity : 0), 0)
      const last = orders.findLast(({ lines }) => lines.some((line) => line.productId === productId))
      if (after >= 0 && before - sold === after) continue
      const { client = '-', instance = '-', start = 0, end = 0, number = '' } = last ?? {}
      const read = { client, url: ` (order ${number})`, instance, start, end }
      this.#report('oversold', productId, read, undefined, `${before} were there, ${sold} ordered, ${after} are left`)
    }
  }

  /**
   * @param committed every version of every product that was read, from Postgres
   * @param stocks of products that nothing but these orders took or put
   */
  finish(committed: Iterable<Committed>, stocks?: Iterable<Stocked>): Verdict {
    if (stocks) this.#sold(stocks)
    const amounts = new Map<string, number>()
    for (const { productId, version, amountCents } of committed) amounts.set(`${productId}@${version}`, amountCents)
    let versionsShown = 0
    for (const [productId, facts] of this.#facts) {
      versionsShown += facts.size
      for (const [version, { shown, first }] of facts) {
        const amount = amounts.get(`${productId}@${version}`)
        const write = this.#written.get(productId)?.get(version)
        if (amount === undefined) this.#report('invented', productId, first, shown, 'Postgres never had this version')
        else if (amount !== shown.amountCents)
          this.#report('torn', productId, first, shown, `Postgres committed version ${version} with ${amount} cents`)
        if (write && write.start > first.end)
          this.#report(
            'invented',
            productId,
            first,
            shown,
            `the write of this version began only at ${ms(write.start)}`,
          )
      }
    }
    const { oversold: _notJudged, ...judged } = this.#counts
    return {
      ...this.#totals,
      behindOthers: this.#others.behind,
      versionsShown,
      orders: this.#orders.size,
      counts: stocks ? { ...this.#counts } : judged,
      violations: [...this.#violations],
    }
  }
}
