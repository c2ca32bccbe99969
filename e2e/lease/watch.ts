/** Shoppers that look at some products all the time, each read judged by the history checker. */
import { setTimeout as wait } from 'node:timers/promises'
import { Checker, type Verdict } from '../coherence/checker.ts'
import { Client, ReadFailure } from '../coherence/client.ts'
import type { Committed } from '../coherence/history.ts'
import { describe } from '../coherence/report.ts'
import type { HotProduct, PageKind, Target } from '../coherence/targets.ts'
import type { Edited } from './servers/leaseShop.ts'
import type { ShopProcess } from './servers/shopProcess.ts'
import { until } from './servers/until.ts'

/** Milliseconds between two reads of one shopper. */
const PACE_MS = 10

/** One read. */
export interface Look {
  readonly shopper: string
  readonly origin: string
  readonly kind: PageKind
  readonly productId: number
  readonly start: number
  readonly end: number
  /** `200`, or what was answered in place of a page: `status 503`. */
  readonly answer: string
  /** As `x-cache` says it. */
  readonly cache: string
  /** The version of `productId`, where the answer shows it. */
  readonly version: number | undefined
  readonly amountCents: number | undefined
}

function describeLook(look: Look | undefined): string {
  if (!look) return 'no read has ended'
  const { shopper, origin, kind, productId, answer, cache, version, start, end } = look
  return `${shopper} at ${origin}, ${kind} of ${productId}: ${answer} ${cache} version ${version} after ${Math.round(end - start)} ms`
}

export interface WatchOptions {
  readonly products: readonly HotProduct[]
  /** The instances that each shopper visits, in turn: one with two instances is what a load balancer makes of a client. */
  readonly shoppers: Readonly<Record<string, readonly ShopProcess[]>>
  readonly kinds?: readonly PageKind[]
}

/** In English. */
export const pathOf = ({ targets }: HotProduct): string => `/en${targets.product[0]?.path ?? ''}`

export class Watch {
  readonly checker = new Checker()
  readonly looks: Look[] = []
  readonly #kinds: readonly PageKind[]
  readonly #products: readonly HotProduct[]
  readonly #places: readonly Pick<Look, 'shopper' | 'origin' | 'kind'>[]
  readonly #running: Promise<unknown>
  #stopped = false

  /** Begins at once. */
  constructor({ products, shoppers, kinds = ['product', 'api'] }: WatchOptions) {
    this.#kinds = kinds
    this.#products = products
    this.#places = Object.entries(shoppers).flatMap(([shopper, instances]) =>
      instances.flatMap(({ url: origin }) => kinds.map((kind) => ({ shopper, origin, kind }))),
    )
    for (const { productId, version } of products) this.checker.live({ productId, version, at: performance.now() })
    this.#running = Promise.all(
      Object.entries(shoppers).map(async ([name, instances]) => {
        const client = new Client(name, 'identity')
        while (!this.#stopped) await this.#round(client, instances)
        client.close()
      }),
    )
  }

  /** A change that was made. @param from the moment from which no read that begins may show less */
  changed(edit: Omit<Edited, 'state'>, channel: 'api' | 'sql', from: number): void {
    const { productId, version, amountCents, start, end } = edit
    this.checker.wrote({ client: 'editor', channel, productId, version, amountCents, start, end })
    this.checker.live({ productId, version, at: from })
  }

  /** Waits until every shopper sees at least `version` on every page, in reads that began after this call. */
  async untilShown(productId: number, version: number, withinMs: number): Promise<number> {
    const from = performance.now()
    return until(
      `every page shows version ${version} of product ${productId}`,
      () => this.#latest(productId, from).every((look) => (look?.version ?? 0) >= version),
      withinMs,
      () => this.#latest(productId, from).map(describeLook).join('\n'),
    )
  }

  /** Waits until the latest answer of every shopper is a hit, and all have gone round once more. */
  async untilHits(withinMs: number): Promise<number> {
    const from = performance.now()
    const took = await this.#untilHits(from, withinMs)
    await this.#untilHits(performance.now(), withinMs)
    return took
  }

  #untilHits(from: number, withinMs: number): Promise<number> {
    return until(
      'every page is a hit',
      () =>
        this.#products.every(({ id }) =>
          this.#latest(id, from).every((look) => look?.kind === 'api' || look?.cache.startsWith('HIT') === true),
        ),
      withinMs,
      () => this.#products.flatMap(({ id }) => this.#latest(id, from).map(describeLook)).join('\n'),
    )
  }

  /** The last look since `from` at each page of a product, by each shopper on each of its instances; undefined: none yet. */
  #latest(productId: number, from: number): (Look | undefined)[] {
    const recent = this.looks.filter((look) => look.productId === productId && look.start >= from)
    return this.#places.map((place) =>
      recent.findLast(
        ({ shopper, origin, kind }) => shopper === place.shopper && origin === place.origin && kind === place.kind,
      ),
    )
  }

  /** The reads that began in a stretch of time. */
  between(from: number, to: number): Look[] {
    return this.looks.filter(({ start }) => start >= from && start < to)
  }

  /** Ends the reads. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  /** Ends the reads. @returns each violation in words */
  async violations(committed: Iterable<Committed>): Promise<string[]> {
    await this.stop()
    const verdict: Verdict = this.checker.finish(committed)
    return verdict.violations.map(describe)
  }

  async #round(client: Client, instances: readonly ShopProcess[]): Promise<void> {
    for (const product of this.#products) {
      for (const target of this.#kinds.flatMap((kind) => product.targets[kind].slice(0, 1))) {
        for (const { url } of instances) {
          if (this.#stopped) return
          await this.#look(client, url, product, target)
          await wait(PACE_MS)
        }
      }
    }
  }

  async #look(client: Client, origin: string, { id }: HotProduct, target: Target): Promise<void> {
    const representation = target.kind === 'api' ? 'json' : 'html'
    const look = { shopper: client.name, origin, kind: target.kind, productId: id }
    const begun = performance.now()
    try {
      const answer = await client.get({ origin, locale: 'en', target, representation, ids: [id] })
      const { url, start, end, cache, reading } = answer
      const nothing = reading.shown.length === 0 ? [`no price in ${url}`] : []
      const torn = [...reading.torn, ...nothing]
      this.checker.read({ client: client.name, url, instance: origin, start, end, shown: reading.shown, torn })
      const { version, amountCents } = reading.shown.find((shown) => shown.productId === id) ?? {}
      this.looks.push({
        ...look,
        start,
        end,
        answer: '200',
        cache,
        version,
        amountCents,
      })
    } catch (error) {
      if (!(error instanceof ReadFailure)) throw error
      const end = performance.now()
      this.looks.push({
        ...look,
        start: begun,
        end,
        answer: error.why,
        cache: '',
        version: undefined,
        amountCents: undefined,
      })
    }
  }
}
