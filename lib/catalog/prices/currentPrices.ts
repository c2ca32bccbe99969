/**
 * The prices of this moment, and whether their products are sold: the payloads of the version index, as pages are filled with
 * them. A check of the versions reads them, so an amount and a version that do not belong together cannot be read.
 */
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Coherence, SourceRow } from '#lib/coherence/index.ts'
import { serialBatch } from '#lib/coherence/index.ts'
import { tag } from '#lib/coherence/tags.ts'
import { type ProductPrice, saleStatus, version } from '#lib/money/price.ts'
import { parseStockPayload } from '../stock.ts'
import { partTags } from './priceParts.ts'
import { parsePayload, parsePricePayload } from './pricePayload.ts'

const productPayload = z.object({ version, status: saleStatus })

/** Milliseconds. Postgres is asked for what the index lacks once in this time, however many readers there are. */
const ASKED_AGAIN_MS = 250
const MOST_REMEMBERED = 10_000

/** @returns undefined without a payload of the price, of its product and of its stock, each of the version that it stands beside */
function priceIn(rows: ReadonlyMap<string, SourceRow>, productId: number): ProductPrice | undefined {
  const rowOf = (kind: string) => rows.get(tag(kind, productId))
  const [priceRow, productRow, stockRow] = [rowOf('price'), rowOf('product'), rowOf('stock')]
  const price = priceRow && parsePricePayload(priceRow.payload, priceRow.version)
  const product = productRow && parsePayload(productPayload, productRow.payload, productRow.version)
  const stock = stockRow && parseStockPayload(stockRow.payload, stockRow.version)
  if (!price || !product || !stock) return undefined
  const { validUntil: _, ...facts } = price
  const { version: productVersion, status } = product
  return { productId, ...facts, productVersion, status, stock: stock.quantity, stockVersion: stock.version }
}

const tagsOf = (ids: readonly number[]) => ids.flatMap(partTags)

export class CurrentPrices {
  readonly #coherence: () => Pick<Coherence, 'index' | 'publisher' | 'ports'>
  /** Rows that the index has another version of, or a payload that cannot be read: the monitor puts either right. */
  readonly #asked = new LRUCache<string, SourceRow>({ max: MOST_REMEMBERED, ttl: ASKED_AGAIN_MS })
  readonly #rows = serialBatch((tags: string[]) => this.#coherence().ports.source.rows(tags))

  constructor(coherence: () => Pick<Coherence, 'index' | 'publisher' | 'ports'>) {
    this.#coherence = coherence
  }

  /**
   * No older than the index was when the call began; without the index, no older than the rows.
   * @returns a price for each id that exists, in the order of `ids`
   * @throws {FreshnessError} SOURCE_UNAVAILABLE when Postgres was needed and did not answer
   */
  async read(ids: readonly number[]): Promise<ProductPrice[]> {
    const { index, publisher } = this.#coherence()
    const start = await index.guarded.readStart()
    const snapshot = await index.read(tagsOf(ids))
    const versionOf = (name: string) => snapshot.states.get(name)?.version ?? 0
    const prices = new Map(ids.map((id) => [id, priceIn(snapshot.states, id)]))
    const missing = ids.filter((id) => !prices.get(id) && versionOf(tag('price', id)) > 0)
    if (snapshot.from === 'index' && missing.length > 0) {
      const rows = await this.#ask(missing, versionOf)
      for (const id of missing) prices.set(id, priceIn(rows, id))
      const versions = new Map([...rows].map(([name, row]) => [name, row.version]))
      await publisher.raiseToAtLeast({ versions }, snapshot, start)
      // A newer row may be of one commit with others: all are read again, at one moment.
      if ([...versions].some(([name, newer]) => newer > versionOf(name))) return this.read(ids)
    }
    return ids.flatMap((id) => prices.get(id) ?? [])
  }

  /** @param versionOf in the index: with another version there a row is asked for at once */
  async #ask(ids: readonly number[], versionOf: (name: string) => number): Promise<ReadonlyMap<string, SourceRow>> {
    const key = (name: string) => `${name}@${versionOf(name)}`
    const names = tagsOf(ids)
    const unknown = names.filter((name) => !this.#asked.has(key(name)))
    const found = unknown.length > 0 ? await this.#rows(unknown) : new Map<string, SourceRow>()
    for (const [name, row] of found) this.#asked.set(key(name), row)
    return new Map(
      names.flatMap((name) => {
        const row = found.get(name) ?? this.#asked.get(key(name))
        return row ? [[name, row] as const] : []
      }),
    )
  }
}
