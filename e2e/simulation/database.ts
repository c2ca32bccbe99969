/**
 * Postgres as far as the kernel's statements see it: rows with versions, an outbox in the same transaction, transaction ids that are
 * given in one order and committed in another, snapshots, and a standby that may be promoted without the last commits.
 */
import type { TermReason } from '#lib/coherence/ports.ts'
import type { Timeline } from './time.ts'

export interface Row {
  readonly version: number
  readonly amountCents: number
}

export interface OutboxRow {
  readonly id: number
  readonly xid: number
  readonly products: readonly number[]
  readonly versions: readonly number[]
  indexed: boolean
}

interface TermRow {
  term: number
  epoch: string
  server: string
  source: string
  renewals: number
  reason: TermReason | ''
  beganAt: number
  forgotten: string
}

interface State {
  readonly rows: Map<number, Row>
  outbox: OutboxRow[]
  readonly term: TermRow
  nextXid: number
  nextId: number
}

export interface Transaction {
  readonly xid: number
  readonly timeline: number
  readonly rows: ReadonlyMap<number, Row>
  readonly outbox: readonly OutboxRow[]
}

const LONGEST_TRANSACTION_ROWS = 2

/** For a trace: `3@7 4@2`. */
export const nameOf = (rows: ReadonlyMap<number, Row>): string =>
  [...rows].map(([id, { version }]) => `${id}@${version}`).join(' ')

export class Database {
  readonly #timeline: Timeline
  #state: State
  #standby: State | undefined
  #timelineId = 1
  #active = new Map<number, Transaction>()
  #locks = new Map<number, Promise<void>>()
  isUp = true
  /** Transactions that have not ended, those that wait for others included. */
  underWay = 0
  /** Every version that was ever committed, those that were lost later included. */
  readonly committed: { readonly productId: number; readonly version: number; readonly amountCents: number }[] = []

  constructor(timeline: Timeline, products: readonly number[]) {
    this.#timeline = timeline
    const rows = new Map(products.map((id) => [id, { version: 1, amountCents: id * 1_000 }]))
    const term: TermRow = {
      term: 0,
      epoch: '',
      server: '',
      source: '',
      renewals: 0,
      reason: '',
      beganAt: 0,
      forgotten: '',
    }
    this.#state = { rows, outbox: [], term, nextXid: 100, nextId: 1 }
    for (const [productId, row] of rows) this.committed.push({ productId, ...row })
  }

  get identity(): string {
    return `7000/${String(this.#timelineId).padStart(8, '0')}/5`
  }

  get term(): TermRow {
    return this.#state.term
  }

  /** Whether the term is another server's: one that this one took the place of. */
  get isReplaced(): boolean {
    const { term, source } = this.#state.term
    return term > 0 && source !== this.identity
  }

  get rows(): ReadonlyMap<number, Row> {
    return this.#state.rows
  }

  /** The rows of committed transactions, by id. */
  get outbox(): readonly OutboxRow[] {
    return this.#state.outbox
  }

  /** The next transaction's. */
  get nextXid(): number {
    return this.#state.nextXid
  }

  /** Every transaction below has ended. */
  get xmin(): number {
    return Math.min(this.#state.nextXid, ...this.#active.keys())
  }

  /** Writes rows, and waits for those that others write. The returned rows are not visible yet. */
  async write(
    changes: ReadonlyMap<number, (row: Row) => Row | undefined>,
  ): Promise<Transaction & { readonly end: () => void }> {
    const earlier = [...changes.keys()].map((id) => this.#locks.get(id))
    let end = (): void => undefined
    this.underWay++
    const ended = new Promise<void>((resolve) => (end = resolve)).then(() => void this.underWay--)
    const after = Promise.all(earlier).then(() => ended)
    for (const id of changes.keys()) this.#locks.set(id, after)
    await Promise.all(earlier)
    const rows = new Map<number, Row>()
    for (const [id, change] of changes) {
      const row = this.#state.rows.get(id)
      const next = row && change(row)
      if (next) rows.set(id, next)
    }
    const xid = this.#state.nextXid++
    const products = [...rows.keys()]
    const outbox: OutboxRow[] = []
    for (let at = 0; at < products.length; at += LONGEST_TRANSACTION_ROWS) {
      const some = products.slice(at, at + LONGEST_TRANSACTION_ROWS)
      const versions = some.map((id) => rows.get(id)?.version ?? 0)
      outbox.push({ id: this.#state.nextId++, xid, products: some, versions, indexed: false })
    }
    const transaction = { xid, timeline: this.#timelineId, rows, outbox }
    this.#active.set(xid, transaction)
    return { ...transaction, end }
  }

  /** @throws when the server has gone since it began */
  commit({ xid, timeline, rows, outbox, end }: Transaction & { readonly end: () => void }): void {
    end()
    if (timeline !== this.#timelineId || !this.#active.delete(xid)) throw new Error('the server has gone away')
    for (const [productId, row] of rows) {
      this.#state.rows.set(productId, row)
      this.committed.push({ productId, ...row })
    }
    this.#state.outbox = [...this.#state.outbox, ...outbox].toSorted((a, b) => a.id - b.id)
  }

  abort({ xid, end }: Transaction & { readonly end: () => void }): void {
    this.#active.delete(xid)
    end()
  }

  /** The standby has all that is committed now, and nothing from now on. */
  detachStandby(): void {
    this.#standby = structuredClone(this.#state)
  }

  /** The standby goes on: what was committed since it was detached is lost, and so is what was under way. */
  promote(): void {
    if (!this.#standby) return
    this.#state = this.#standby
    this.#standby = undefined
    this.#timelineId++
    this.#active.clear()
  }

  /** As a restart: what was under way is gone. */
  restart(): void {
    this.#active.clear()
    this.isUp = true
  }

  /** Deletes what is in the index, as the retention does once every layer has it. */
  forget(): void {
    const gone = this.#state.outbox.filter(({ indexed }) => indexed)
    if (gone.length === 0) return
    const { term } = this.#state
    const [identity, xid] = term.forgotten.split(' ')
    const newest = Math.max(...gone.map((row) => row.xid), identity === this.identity ? Number(xid) : 0)
    term.forgotten = `${this.identity} ${newest}`
    this.#state.outbox = this.#state.outbox.filter(({ indexed }) => !indexed)
  }

  get now(): number {
    return this.#timeline.now
  }
}
