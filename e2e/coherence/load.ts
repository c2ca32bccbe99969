/** A fixed number of reads with edits in between, each judged as it ends. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Checker } from './checker.ts'
import { Client, ReadFailure, type Answer, type Encoding } from './client.ts'
import { StepBarrier } from './stepBarrier.ts'
import type { HotProduct, PageKind, Representation, Target } from './targets.ts'

/** The share of each kind among a hundred reads. The segment is what a browser loads before each navigation. */
const MIX: readonly (readonly [PageKind, Representation, number])[] = [
  ['home', 'html', 10],
  ['home', 'navigation', 3],
  ['home', 'segment', 2],
  ['category', 'html', 15],
  ['category', 'navigation', 3],
  ['category', 'segment', 3],
  ['category page', 'html', 6],
  ['category page', 'navigation', 2],
  ['category page', 'segment', 2],
  ['product', 'html', 28],
  ['product', 'respelled', 3],
  ['product', 'navigation', 9],
  ['product', 'segment', 7],
  ['search', 'html', 2],
  ['search', 'navigation', 1],
  ['api', 'json', 8],
  ['feed', 'xml', 1],
]
const SWEPT: Partial<Readonly<Record<PageKind, Representation>>> = { api: 'json', feed: 'xml' }
const TOTAL = MIX.reduce((sum, [, , weight]) => sum + weight, 0)
const ENCODINGS: readonly Encoding[] = ['br', 'gzip', 'identity']
/** Requests a client sends until it connects anew, on average. */
const REQUESTS_A_CONNECTION = 200
const IDS_A_REQUEST = 8
/** Reads follow edits: so often the product is one that was edited last. */
const EDITED_OF_TEN = 6
const EDITED_KEPT = 5
const EDGE_OF = 2
/** A client that got no answer asks again after so many milliseconds. */
const AGAIN_AFTER_MS = 20

export interface LoadOptions {
  /** Addresses of the shop: each instance's own, and the shared one. */
  readonly origins: readonly string[]
  readonly products: readonly HotProduct[]
  readonly locales: readonly string[]
  readonly clients: number
  readonly reads: number
  readonly checker: Checker
  /** Ends the run at the first violation: enough for a test that wants to see one. */
  readonly stopAtViolation?: boolean
  /** Two of three clients stay with one instance each, as behind a load balancer that remembers; the others move about. */
  readonly sticky?: boolean
  /** Every second client reads through it, and nothing else: no browser goes past an edge. */
  readonly edge?: string | undefined
  /** Milliseconds from an answer to the next read of the same client, so that servers on the same machine have time for faults. */
  readonly restMs?: number
}

/** The end of a read. */
export interface Ended {
  readonly client: string
  readonly origin: string
  readonly start: number
  readonly end: number
  readonly target: Target
  readonly representation: Representation
  readonly answer: Answer | ReadFailure
}

export interface Counts {
  readonly reads: number
  readonly byKind: Readonly<Record<string, number>>
  readonly byOrigin: Readonly<Record<string, number>>
  readonly byCache: Readonly<Record<string, number>>
  readonly byPlace: Readonly<Record<string, number>>
  readonly failures: Readonly<Record<string, number>>
  /** By what was asked and how it was answered: `page, 304`. */
  readonly byAnswer: Readonly<Record<string, { readonly reads: number; readonly prices: number }>>
}

function pick<T>(items: readonly T[]): T {
  const item = items[Math.floor(Math.random() * items.length)]
  if (item === undefined) throw new Error('nothing to choose from')
  return item
}

function add(counts: Record<string, number>, key: string, by = 1): void {
  counts[key] = (counts[key] ?? 0) + by
}

export class Load {
  readonly pace = new StepBarrier()
  readonly #options: LoadOptions
  readonly #edited: HotProduct[] = []
  readonly #counts = {
    reads: 0,
    byAnswer: {} as Record<string, { reads: number; prices: number }>,
    byKind: {} as Record<string, number>,
    byOrigin: {} as Record<string, number>,
    byCache: {} as Record<string, number>,
    byPlace: {} as Record<string, number>,
    failures: {} as Record<string, number>,
  }
  #begun = 0
  #onRead: (read: Ended) => void = () => undefined
  #stopped = false

  constructor(options: LoadOptions) {
    this.#options = options
  }

  get counts(): Counts {
    return this.#counts
  }

  /** Calls `look` with each read that ends from now on, in place of what was given before. */
  watch(look: (read: Ended) => void): void {
    this.#onRead = look
  }

  /** Ends the run before its number of reads. */
  stop(): void {
    this.#stopped = true
    this.pace.end()
  }

  /** Readers go there next. */
  edited(product: HotProduct): void {
    this.#edited.unshift(product)
    this.#edited.length = Math.min(this.#edited.length, EDITED_KEPT)
  }

  /** Settles when all reads are done. */
  async run(): Promise<void> {
    const { clients, reads } = this.#options
    await Promise.all(
      Array.from({ length: clients }, async (_, i) => {
        const client = new Client(`reader ${i + 1}`, ENCODINGS[i % ENCODINGS.length] ?? 'identity')
        const home = this.#options.locales[Math.floor(i / EDGE_OF) % this.#options.locales.length] ?? 'en'
        while (this.#begun < reads && !this.#stopped) {
          this.#begun++
          if (Math.random() * REQUESTS_A_CONNECTION < 1) client.reconnect()
          const product =
            this.#edited.length > 0 && Math.random() * 10 < EDITED_OF_TEN
              ? pick(this.#edited)
              : pick(this.#options.products)
          const origin = this.#originOf(i)
          const locale = Math.random() < 0.8 ? home : pick(this.#options.locales)
          if (!(await this.readProduct(client, product, locale, { origin }))) {
            this.#begun--
            await wait(AGAIN_AFTER_MS)
          } else if (this.#options.restMs !== undefined) await wait(this.#options.restMs)
        }
        client.close()
      }),
    )
    this.pace.end()
  }

  /** One read of a page that shows `product`. @returns false when there was no answer to judge */
  async readProduct(
    client: Client,
    product: HotProduct,
    locale: string,
    { cookie, origin = pick(this.#options.origins) }: { cookie?: string; origin?: string } = {},
  ): Promise<boolean> {
    const [target, representation] = this.#choose(product)
    const answer = await this.read(client, { target, representation, product, locale, cookie, origin })
    return answer !== undefined
  }

  #originOf(client: number): string {
    const { origins, sticky, edge } = this.#options
    if (edge !== undefined && client % EDGE_OF === 0) return edge
    const direct = edge === undefined ? client : Math.floor(client / EDGE_OF)
    return (sticky ? origins[direct % (origins.length + 1)] : undefined) ?? pick(origins)
  }

  /** @returns undefined when there was no answer to judge */
  async read(
    client: Client,
    wanted: {
      target: Target
      representation: Representation
      product: HotProduct
      locale: string
      origin: string
      cookie?: string | undefined
    },
  ): Promise<Answer | undefined> {
    const { target, representation, product, origin } = wanted
    const ids = [product.id, ...Array.from({ length: IDS_A_REQUEST - 1 }, () => pick(this.#options.products).id)]
    const read = { client: client.name, origin, start: performance.now(), target, representation }
    try {
      const answer = await client.get({ ...wanted, ids: [...new Set(ids)] })
      const isJudged = this.ended({ ...read, end: answer.end, answer })
      if (isJudged) this.pace.step()
      return isJudged ? answer : undefined
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error
      this.ended({ ...read, end: performance.now(), answer: error })
      return undefined
    }
  }

  /** Judges and counts a read, of this load or of readers beside it. @returns false when there was no answer to judge */
  ended(read: Ended): boolean {
    const { origin, target, representation, answer } = read
    const kind = `${target.kind}, ${representation}`
    if (answer instanceof ReadFailure) {
      add(this.#counts.failures, `${kind}: ${answer.why}`)
      const { client, start, end } = read
      this.#options.checker.refused({ client, url: target.path, instance: origin, start, end }, answer.status)
    } else {
      this.#judge(read.client, origin, answer)
      this.#count(kind, read, answer)
    }
    this.#onRead(read)
    return !(answer instanceof ReadFailure)
  }

  /** Every page of every product, once from each address: what is left when all is quiet. */
  async sweep(): Promise<void> {
    const { products, locales, origins, edge } = this.#options
    await Promise.all(
      [...origins, ...(edge === undefined ? [] : [edge])].map(async (origin, i) => {
        const client = new Client(`sweeper ${i + 1}`, 'br')
        const locale = locales[i % locales.length] ?? 'en'
        for (const product of products) {
          for (const target of Object.values(product.targets).flat()) {
            await this.read(client, {
              target,
              representation: SWEPT[target.kind] ?? 'html',
              product,
              locale,
              origin,
            })
          }
        }
        client.close()
      }),
    )
  }

  #choose(product: HotProduct): [Target, Representation] {
    for (;;) {
      let at = Math.random() * TOTAL
      const [kind, representation] = MIX.find(([, , weight]) => (at -= weight) < 0) ?? ['product', 'html']
      const targets = product.targets[kind]
      if (targets.length > 0) return [pick(targets), representation]
    }
  }

  #judge(client: string, instance: string, { url, start, end, cache, reading }: Answer): void {
    const { shown, torn } = reading
    // A page without a price would pass every check.
    const nothing = shown.length === 0 ? [`no price in ${url}`] : []
    const stale = cache.startsWith('STALE')
    const read = { client, url, instance, start, end, stale, shown, torn: [...torn, ...nothing] }
    this.#options.checker.read(read)
    if (this.#options.stopAtViolation && this.#options.checker.violations.length > 0) this.stop()
  }

  #count(kind: string, { origin, target }: Ended, { status, cache, reading }: Answer): void {
    this.#counts.reads++
    add(this.#counts.byKind, kind)
    add(this.#counts.byOrigin, origin)
    add(this.#counts.byCache, cache)
    const asked = target.kind === 'api' || target.kind === 'feed' ? target.kind : 'page'
    const same = (this.#counts.byAnswer[`${asked}, ${status}`] ??= { reads: 0, prices: 0 })
    same.reads++
    same.prices += reading.shown.length
    // A 304 names none: it says that all of what the reader holds is current.
    if (status === 304) return
    for (const [place, times] of Object.entries(reading.places)) add(this.#counts.byPlace, place, times)
  }
}
