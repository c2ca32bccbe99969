/**
 * One session of logical replication: what was committed, in the order of the commits, and how far it was handed on. Postgres
 * sends again what was not confirmed, to this session or to the next.
 */
import { EventEmitter } from 'node:events'
import pTimeout from 'p-timeout'
import { LogicalReplicationService, PgoutputPlugin, type Pgoutput } from 'pg-logical-replication'
import { Bell } from '#lib/platform/process/periodic.ts'

const CONNECT_WITHIN_MS = 5_000
/** Milliseconds without a word after which Postgres ends a session: a process that is frozen keeps the slot from others so long. */
const SILENT_MS = 10_000
/** Milliseconds from one word to the next, so that a session in which nothing is confirmed lives on. */
const WORD_MS = 2_000
/** Rows of one transaction that are handed on together: one of any size takes bounded memory. */
const PART_ROWS = 10_000
/** Rows that wait to be handed on; Postgres sends no more until there is room. */
const MOST_HELD = 3 * PART_ROWS
const CLOSE_WITHIN_MS = 1_000
const PREFIX = 'evergreen'

export interface StreamedRow {
  /** With its schema, where that is not `public`. */
  readonly table: string
  readonly values: Readonly<Record<string, unknown>>
  readonly isNew: boolean
}

/** A transaction, or a part of a large one: it was committed all the same before any of it came. */
export interface Part {
  /** The lower 32 bits of its id; undefined for a mark. */
  readonly xid: number | undefined
  readonly rows: readonly StreamedRow[]
  /** The end of the last part in the WAL. Confirmed, it does not come again. */
  readonly end: string | undefined
  /** Milliseconds since 1970: when it was committed, or the mark was made. */
  readonly at: number
}

/** @param at milliseconds since 1970 @returns a statement that puts a mark into the WAL, which comes back in its turn */
export const markStatement = (at: number) =>
  `SELECT pg_logical_emit_message(false, '${PREFIX}', '${Math.round(at)}')::text`

/** `16/B374D848`. The library confirms one byte more than its argument, and a commit that begins there would never come again. */
function byteBefore(lsn: string): string {
  const [high = '', low = ''] = lsn.split('/')
  const at = ((BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`)) - 1n
  return `${(at >> 32n).toString(16)}/${(at & 0xffffffffn).toString(16)}`.toUpperCase()
}

export interface StreamOptions {
  readonly url: string
  readonly slot: string
  readonly publication: string
  /** The position that the slot has confirmed. */
  readonly from: string
}

/**
 * The library listens for errors of its connection only once that is made. What Postgres says in the same packet, such as that it stops,
 * would end the process. The client is there from the next turn of the event loop on, and connected only later.
 */
function listenForErrors(service: LogicalReplicationService): void {
  const client: unknown = Reflect.get(service, '_client')
  if (client instanceof EventEmitter) client.on('error', () => undefined) // its subscription ends with it
}

export class ReplicationStream {
  readonly #service: LogicalReplicationService
  readonly #ended: Promise<void>
  /** It streams, or never will. */
  readonly #settled: Promise<unknown>
  readonly #words: NodeJS.Timeout
  #over: { readonly error: unknown } | undefined
  #open: { xid: number; at: number; rows: StreamedRow[] } | undefined
  #parts: Part[] = []
  #held = 0
  #confirmed: string
  readonly #arrived = new Bell()
  #resume = () => {}

  constructor({ url, slot, publication, from }: StreamOptions) {
    this.#confirmed = byteBefore(from)
    this.#service = new LogicalReplicationService(
      {
        connectionString: url,
        application_name: 'evergreen-cdc',
        connectionTimeoutMillis: CONNECT_WITHIN_MS,
        keepAlive: true,
        options: `-c wal_sender_timeout=${SILENT_MS}`,
      },
      { acknowledge: { auto: false, timeoutSeconds: 0 }, flowControl: { enabled: true } },
    )
    this.#service.on('data', (_lsn, message: Pgoutput.Message) => this.#take(message))
    // The subscription reports it, or the end of the session.
    this.#service.on('error', (error) => this.#end(error))
    const plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: [publication], messages: true })
    setImmediate(() => listenForErrors(this.#service))
    this.#ended = this.#service.subscribe(plugin, slot).then(
      () => this.#end(new Error('Postgres ended the replication')),
      (error: unknown) => this.#end(error),
    )
    this.#settled = Promise.race([new Promise<void>((resolve) => this.#service.on('start', resolve)), this.#ended])
    this.#words = setInterval(() => this.#say(), WORD_MS)
  }

  /**
   * @returns what has come since the last call, the oldest first; nothing when nothing came within `waitMs`
   * @throws what ended the session
   */
  async next(waitMs: number): Promise<readonly Part[]> {
    if (this.#parts.length === 0 && !this.#over) {
      await this.#arrived.pause(waitMs)
    }
    if (this.#over) throw this.#over.error
    const parts = this.#parts
    this.#parts = []
    this.#held = 0
    this.#resume()
    return parts
  }

  /** Takes note that everything up to `end` is in other hands for good. */
  confirm(end: string): void {
    this.#confirmed = byteBefore(end)
    this.#say()
  }

  async close(): Promise<void> {
    clearInterval(this.#words)
    this.#resume()
    // The library loses a connection that is not made yet, and its failures with it.
    await pTimeout(this.#settled, { milliseconds: CONNECT_WITHIN_MS, message: false })
    // A session whose socket is paused, or dead, may not end by itself.
    const closed = this.#service.destroy().then(() => this.#ended)
    await pTimeout(closed, { milliseconds: CLOSE_WITHIN_MS, message: false }).catch(() => undefined)
  }

  #say(): void {
    void this.#service.acknowledge(this.#confirmed)
  }

  #end(error: unknown): void {
    this.#over ??= { error }
    this.#arrived.ring()
    this.#resume()
  }

  #push(part: Part): void {
    this.#parts.push(part)
    this.#held += part.rows.length + 1
    this.#arrived.ring()
  }

  /** Postgres sends no more until what this returns has come true. */
  async #take(message: Pgoutput.Message): Promise<void> {
    this.#read(message)
    if (this.#held >= MOST_HELD && !this.#over) await new Promise<void>((resolve) => (this.#resume = resolve))
  }

  #read(message: Pgoutput.Message): void {
    if (message.tag === 'begin') {
      this.#open = { xid: message.xid >>> 0, at: Number(message.commitTime.valueOf() / 1000n), rows: [] }
    } else if (message.tag === 'insert' || message.tag === 'update' || message.tag === 'delete') {
      this.#row(message)
    } else if (message.tag === 'commit' && this.#open) {
      this.#push({ ...this.#open, end: message.commitEndLsn ?? undefined })
      this.#open = undefined
    } else if (message.tag === 'message' && message.prefix === PREFIX) {
      const at = Number(Buffer.from(message.content).toString())
      this.#push({ xid: undefined, rows: [], end: message.messageLsn ?? undefined, at })
    }
  }

  #row(message: Pgoutput.MessageInsert | Pgoutput.MessageUpdate | Pgoutput.MessageDelete): void {
    if (!this.#open) return
    const { schema, name } = message.relation
    const values = message.tag === 'delete' ? (message.old ?? message.key ?? {}) : message.new
    const table = schema === 'public' ? name : `${schema}.${name}`
    this.#open.rows.push({ table, values, isNew: message.tag === 'insert' })
    if (this.#open.rows.length < PART_ROWS) return
    this.#push({ ...this.#open, end: undefined })
    this.#open = { ...this.#open, rows: [] }
  }
}
