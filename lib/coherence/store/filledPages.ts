/**
 * Pages as they are sent: templates filled with the payloads of one set of versions, packed for browsers. A process keeps the newest
 * filling of each page. The bytes follow from template and versions alone, so every instance sends the same.
 */
import { createHash, hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { unmeasured, type Ports } from '../ports.ts'
import type { Snapshot } from '../protocol/freshness.ts'
import type { Representation } from '../template/cutPage.ts'
import { Refill } from '../template/refill.ts'
import type { Filling, Rows, SlotValues } from '../template/slotValues.ts'
import { owned } from './codec.ts'
import { BEST, pack, QUICK, type Encoding, type Quality } from './encodings.ts'
import type { Entry } from './entryStore.ts'
import { unpackTemplate } from './packedTemplate.ts'
import type { CachedPage, PageValue } from './pageCache.ts'

export interface Body {
  readonly bytes: Buffer
  readonly quality: Quality
  /** Milliseconds, on the monotonic clock of the process. */
  readonly packedAt: number
  sent: number
}

/** The share of the bytes that the process may hold: for filled pages, and for templates of pages that are filled again and again. */
const SHARE = 0.2
const UNPACKED_SHARE = 0.2
const OVERHEAD_BYTES = 2_048
/** Of a state that a page holds on to: of its place in the map. */
const STATE_BYTES = 50
/** A page that was sent so often, and so many milliseconds ago for the first time, is packed better. */
const STAYS = { sent: 20, ms: 10_000 }
const FILLS = {
  name: 'page_fills_total',
  help: 'Pages that were filled with other versions than before, without a render',
}
const BYTES = { name: 'l1_bytes', help: 'Bytes of bodies held in this process', labels: ['store'] }

export interface FilledPage {
  /** The key of the entry. */
  readonly key: string
  readonly entry: Entry<PageValue>
  readonly page: CachedPage
  /** What is filled in. */
  readonly rows: Rows
  /** The last states that have the versions of the rows: as long as nothing changes, each read brings the same ones. */
  states: Snapshot['states']
  /** The head of the index when it was filled. */
  readonly filledAt: number
  /** Differs when the bytes do, not with how they are packed. */
  readonly hash: string
  readonly bodies: Map<string, Body>
  readonly packing: Map<string, Promise<Body>>
}

const NO_ROWS: Rows = new Map()

/** Of an application without slots. */
const NOTHING_TO_FILL: Filling = { value: nothing }

function nothing(): never {
  throw new Error('a template with slots, and nothing to fill them with')
}

export class FilledPages {
  readonly #values: SlotValues | undefined
  readonly #kept: LRUCache<string, FilledPage>
  /** Representations that are filled again and again, by what their templates were packed in. */
  readonly #unpacked: LRUCache<Buffer, Refill>
  /** Those that are unpacked for good when they are filled once more: most pages are not, and unpacked each takes 100 kB. */
  readonly #filledOnce = new WeakSet<Buffer>()
  readonly #fillingOf: (rows: Rows) => Filling
  readonly #hashes = new WeakMap<CachedPage, string>()
  fills = 0

  constructor({ maxBytes, metrics = unmeasured }: Pick<Ports, 'maxBytes' | 'metrics'>, values: SlotValues | undefined) {
    this.#values = values
    this.#fillingOf = (rows) => values?.filling(rows) ?? NOTHING_TO_FILL
    this.#kept = new LRUCache({ maxSize: Math.ceil(maxBytes * SHARE) })
    this.#unpacked = new LRUCache({
      maxSize: Math.ceil(maxBytes * UNPACKED_SHARE),
      sizeCalculation: ({ byteLength }) => OVERHEAD_BYTES + byteLength,
    })
    metrics.counter(FILLS, () => [{ value: this.fills }])
    metrics.gauge(BYTES, () => [
      { labels: { store: 'filled' }, value: this.#kept.calculatedSize + this.#unpacked.calculatedSize },
    ])
  }

  /**
   * A page with the versions of `snapshot` in its slots: the one that is kept, where it has them.
   * @param key of the entry
   * @param snapshot of all its tags; undefined: neither store can say, and what was filled last is meant
   * @returns undefined when the payload of a row is not known
   */
  pageFor(
    key: string,
    entry: Entry<PageValue>,
    page: CachedPage,
    snapshot: Snapshot | undefined,
  ): FilledPage | undefined {
    const kept = this.#kept.get(key)
    if (kept && kept.entry === entry && (!snapshot || isCurrent(kept, snapshot))) return kept
    if (!snapshot) return undefined
    const { slots } = entry.dependencies
    const before = kept?.entry === entry ? kept : undefined
    const rows = slots.size === 0 ? NO_ROWS : this.#values?.rows(slots, snapshot.states, before)
    if (!rows) return undefined
    if (slots.size > 0) this.fills++
    const filled: FilledPage = {
      key,
      entry,
      page,
      hash: this.#hash(page, rows),
      filledAt: snapshot.from === 'index' ? snapshot.head : 0,
      rows,
      states: snapshot.states,
      bodies: new Map(),
      packing: new Map(),
    }
    this.#keep(filled)
    return filled
  }

  /** The entry is no longer kept: what was made of it is of no use. */
  forget(key: string, entry: Entry<PageValue>): void {
    if (this.#kept.peek(key)?.entry === entry) this.#kept.delete(key)
  }

  /**
   * The bytes to send: at once, unless they are still to be packed well.
   * @param look makes the bytes where they are not packed yet, as `lookAt` does
   * @returns undefined when the page has no such representation
   */
  body(
    filled: FilledPage,
    representation: Representation,
    encoding: Encoding,
    look = () => this.lookAt(filled, representation),
  ): Body | Promise<Body> | undefined {
    if (encoding === 'identity') {
      const bytes = this.plain(filled, representation)
      return bytes && { bytes, quality: BEST, packedAt: 0, sent: 0 }
    }
    const name = `${representation} ${encoding}`
    const body = filled.bodies.get(name)
    if (body) {
      body.sent++
      const stays = body.quality !== BEST && body.sent > STAYS.sent && performance.now() - body.packedAt > STAYS.ms
      if (stays && !filled.packing.has(name))
        void this.#pack(filled, name, this.plain(filled, representation), encoding, BEST)
      return body
    }
    const packing = filled.packing.get(name)
    if (packing) return packing
    // The quick one is done at once.
    if (filled.rows.size > 0) return this.#pack(filled, name, look(), encoding, QUICK)
    return this.#pack(filled, name, this.plain(filled, representation), encoding, BEST)
  }

  #pack(filled: FilledPage, name: string, plain: Buffer | undefined, encoding: Encoding, quality: Quality) {
    if (!plain) return undefined
    const packed = pack(plain, encoding, quality)
    if (!(packed instanceof Promise)) return this.#keepBody(filled, name, packed, quality)
    const packing = packed
      .then((bytes) => this.#keepBody(filled, name, bytes, quality))
      .finally(() => filled.packing.delete(name))
    filled.packing.set(name, packing)
    return packing
  }

  #keepBody(filled: FilledPage, name: string, packed: Buffer, quality: Quality): Body {
    const body: Body = { bytes: owned(packed), quality, packedAt: performance.now(), sent: 0 }
    filled.bodies.set(name, body)
    if (this.#kept.peek(filled.key) === filled) this.#keep(filled)
    return body
  }

  #keep(filled: FilledPage): void {
    let size = OVERHEAD_BYTES + STATE_BYTES * filled.states.size
    for (const { bytes } of filled.bodies.values()) size += bytes.byteLength
    this.#kept.delete(filled.key) // it looks at the size of a value once
    this.#kept.set(filled.key, filled, { size })
  }

  /** The bytes of one representation, not packed. @returns undefined when the page has none such */
  plain(filled: FilledPage, representation: Representation): Buffer | undefined {
    return this.#bytesOf(filled, representation, (refill) => refill.filledWith(filled.rows))
  }

  /** The same, until the page is filled anew. */
  lookAt(filled: FilledPage, representation: Representation): Buffer | undefined {
    return this.#bytesOf(filled, representation, (refill) => refill.lookedAt(filled.rows))
  }

  #bytesOf(
    filled: FilledPage,
    representation: Representation,
    bytesOf: (refill: Refill) => Buffer,
  ): Buffer | undefined {
    const packed = filled.page.packed.get(representation)
    if (!packed) return undefined
    const known = this.#unpacked.get(packed)
    if (known) return bytesOf(known)
    const template = unpackTemplate(filled.page.packed, representation)
    if (!template) throw new Error('a page cannot be unpacked')
    const unpacked = new Refill(template, this.#fillingOf, filled.rows)
    if (this.#filledOnce.has(packed)) this.#unpacked.set(packed, unpacked)
    else this.#filledOnce.add(packed)
    return bytesOf(unpacked)
  }

  #hash(page: CachedPage, rows: Rows): string {
    let template = this.#hashes.get(page)
    if (template === undefined) {
      const bytes = createHash('sha256')
      for (const packed of page.packed.values()) bytes.update(packed)
      this.#hashes.set(page, (template = bytes.digest('base64url')))
    }
    return hash('sha256', [template, ...versions(rows)].join(), 'base64url').slice(0, 22)
  }
}

function* versions(rows: Rows): Generator<number> {
  for (const { version } of rows.values()) yield version
}

/** Whether the versions are still those of the index, and none of the rows was revalidated since. */
function isCurrent(kept: FilledPage, { states }: Snapshot): boolean {
  if (states === kept.states) return true
  for (const [name, { version }] of kept.rows) {
    const state = states.get(name)
    if (state?.version !== version || kept.filledAt <= state.expiredAt) return false
  }
  kept.states = states
  return true
}
