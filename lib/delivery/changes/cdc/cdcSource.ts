/**
 * Logical replication as the source of changes. What Postgres sends is handed on as rows of the outbox are: to the index first, then
 * as jobs. It is confirmed when each of its outbox rows is claimed, since a claim is committed and outlives the process. Without a
 * stream the outbox is followed, which the triggers write in any case, and an alert says so.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import { FOREIGN_TABLES, type ForeignTables } from '#lib/catalog/foreignTables.ts'
import type { VersionIndex } from '#lib/coherence/index.ts'
import type { Db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import { OwnConnection } from '#lib/platform/process/ownConnection.ts'
import { RelayAwakeLock } from '../relayAwakeLock.ts'
import type { ChangeSource, Deliverer } from '../changeSource.ts'
import { OutboxSource } from '../outboxSource.ts'
import { CLAIM_MS } from '../queueDeliverer.ts'
import { applyForeign, changesOf, recordMissing } from './streamedChanges.ts'
import {
  ensurePublication,
  ensureSlot,
  makeSlot,
  NoStreamError,
  PUBLICATION,
  requireReplication,
  SlotHeldError,
  SlotLostError,
  type Query,
} from './slot.ts'
import { markStatement, ReplicationStream, type Part } from './stream.ts'
import { StreamState } from './streamState.ts'

/** Milliseconds from one mark in the WAL to the next: an idle shop confirms with them, and lag is measured by them. */
const MARK_MS = 2_000
/** Milliseconds without a mark after which a session is given up: its network may be gone. */
const DEAF_MS = 15_000
/** Milliseconds from one look for rows that are due again to the next. */
const AGAIN_MS = 500
/** Milliseconds that the outbox is followed after the stream was lost, before it is tried again, and that making a slot may take. */
const FALL_BACK_MS = 10_000
/** Failures in a row that a restart of Postgres explains. */
const FORGIVEN = 2
const RETRY_MS = 250
const TIMEOUT_MS = 5_000

const IN_USE = '55006'
const codeOf = (error: unknown) => (error instanceof DatabaseError ? error.code : undefined)

export interface CdcSourceOptions {
  readonly db: Db
  readonly index: VersionIndex
  readonly foreign?: ForeignTables
  readonly fallBackMs?: number
}

/** The resources of a session of replication. */
interface Tools {
  readonly db: Db
  readonly index: VersionIndex
  readonly foreign: ForeignTables
  readonly state: StreamState
}

export class CdcSource implements ChangeSource {
  readonly #tools: Tools
  readonly #fallBackMs: number
  readonly #log = logger('cdc')
  /** Whether the loss of the slot was reported. */
  #mayLose = false

  constructor({ db, index, foreign = FOREIGN_TABLES, fallBackMs = FALL_BACK_MS }: CdcSourceOptions) {
    this.#tools = { db, index, foreign, state: new StreamState(db) }
    this.#fallBackMs = fallBackMs
  }

  async run(deliverer: Deliverer, signal: AbortSignal): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      const followed = await this.#stream(deliverer, signal).catch((error: unknown) => ({ error }))
      if (signal.aborted) return
      const { error } = followed
      if (error instanceof SlotHeldError || codeOf(error) === IN_USE) {
        failures = 0
        await this.#standBy(deliverer, signal)
        continue
      }
      if ('began' in followed && followed.began) failures = 0
      const isLost = error instanceof SlotLostError || error instanceof NoStreamError
      if (!isLost && ++failures <= FORGIVEN) {
        this.#log.warn({ err: error }, 'the stream of changes has ended; it is opened again')
        await delay(RETRY_MS, undefined, { signal }).catch(() => undefined)
        continue
      }
      this.#log.error({ err: error }, 'no stream of changes: the outbox is followed instead')
      await this.#tools.state.lost(error)
      this.#mayLose = true
      await new OutboxSource().run(deliverer, AbortSignal.any([signal, AbortSignal.timeout(this.#fallBackMs)]))
    }
  }

  /** Another process has the slot: this one takes only what that one, or one before it, did not bring to an end. */
  async #standBy(deliverer: Deliverer, signal: AbortSignal): Promise<void> {
    if (await this.#again(deliverer)) deliverer.lives()
    await delay(AGAIN_MS, undefined, { signal }).catch(() => undefined)
  }

  /** @returns whether the queue took what is due again; that says nothing of what the stream brings */
  async #again(deliverer: Deliverer): Promise<boolean> {
    return deliverer.handOver('again').then(
      () => true,
      (error: unknown) => {
        this.#log.warn({ err: error }, 'what is due again was not handed over')
        return false
      },
    )
  }

  /** The changes from before the slot, at once; where that fails it is due again by time. */
  async #takeAll(deliverer: Deliverer): Promise<void> {
    try {
      await deliverer.advance()
      await deliverer.handOver('all')
    } catch (error) {
      this.#log.warn({ err: error }, 'what was there before the stream was not delivered, it is tried again')
    }
  }

  /** Follows the outbox for as long as `run` takes: Postgres makes no slot before the transactions that are open have ended. */
  async #besideOutbox(deliverer: Deliverer, signal: AbortSignal, run: () => Promise<void>): Promise<void> {
    const over = new AbortController()
    const following = new OutboxSource().run(deliverer, AbortSignal.any([signal, over.signal]))
    try {
      await run()
    } finally {
      over.abort()
      await following
    }
  }

  /** @returns why the session ended, and whether it had begun */
  async #stream(deliverer: Deliverer, signal: AbortSignal): Promise<{ error: unknown; began: boolean }> {
    const url = env().REPLICATION_DATABASE_URL ?? env().DATABASE_DIRECT_URL ?? env().DATABASE_URL
    const { db, foreign, state } = this.#tools
    const asApplication: Query = (sql, values = []) => db.$queryRawUnsafe<object[]>(sql, ...values)
    const slot = await withClient(url, { statementMs: this.#fallBackMs, signal }, async (query) => {
      await requireReplication(query, asApplication)
      await ensurePublication(asApplication, foreign)
      return ensureSlot(query, this.#mayLose || !(await state.wasThere()), () =>
        this.#besideOutbox(deliverer, signal, () => makeSlot(query)),
      )
    })
    const stream = new ReplicationStream({ url, slot: slot.name, publication: PUBLICATION, from: slot.confirmed })
    // No commit need send a NOTIFY.
    const connection = new OwnConnection({ name: 'relay' })
    void connection.keepOpen()
    const awake = new RelayAwakeLock(connection)
    const session = new Session(stream, deliverer, this.#tools)
    try {
      // After the slot, and each time: of what was written before it, or not applied by one that died, no event may come.
      await applyForeign(db, foreign)
      await this.#takeAll(deliverer)
      let againAt = 0
      while (!signal.aborted) {
        await session.turn()
        await awake.say(session.hasBegun)
        if (session.hasBegun) {
          this.#mayLose = false
          await state.streams()
        }
        if (performance.now() - againAt < AGAIN_MS) continue
        againAt = performance.now()
        await this.#again(deliverer)
      }
      return { error: undefined, began: true }
    } catch (error) {
      return { error, began: session.hasBegun }
    } finally {
      await Promise.all([stream.close(), connection.close()])
    }
  }
}

/** The unconfirmed changes of one session of replication. */
class Session {
  readonly #stream: ReplicationStream
  readonly #deliverer: Deliverer
  readonly #tools: Tools
  /** Not in the index yet. */
  #parts: Part[] = []
  /** In the index, and not claimed: by whole id. */
  readonly #xids = new Set<bigint>()
  #end: string | undefined
  #claimedAt = -Infinity
  #markedAt = -Infinity
  #heardAt = performance.now()
  hasBegun = false

  constructor(stream: ReplicationStream, deliverer: Deliverer, tools: Tools) {
    this.#stream = stream
    this.#deliverer = deliverer
    this.#tools = tools
  }

  /** Waits for what comes, for a moment, and hands it on. @throws what ended the session */
  async turn(): Promise<void> {
    await this.#mark()
    // Changes that could not be handed on come first: Postgres sends no more once enough waits.
    if (this.#parts.length === 0) await this.#listen()
    try {
      await this.#advance()
      await this.#handOver()
      this.#deliverer.lives()
    } catch (error) {
      logger('cdc').warn({ err: error }, 'changes not delivered, it is tried again')
      await delay(RETRY_MS)
    }
  }

  async #listen(): Promise<void> {
    const dueInMs = Math.max(0, CLAIM_MS - (performance.now() - this.#claimedAt))
    this.#parts.push(...(await this.#stream.next(this.#end === undefined ? CLAIM_MS : dueInMs)))
    if (this.#parts.length > 0) {
      this.hasBegun = true
      this.#heardAt = performance.now()
    } else if (performance.now() - this.#heardAt > DEAF_MS) throw new Error(`nothing was heard for ${DEAF_MS / 1000} s`)
  }

  async #mark(): Promise<void> {
    if (performance.now() - this.#markedAt < MARK_MS) return
    this.#markedAt = performance.now()
    await this.#tools.db.$queryRawUnsafe(markStatement(Date.now()))
  }

  async #advance(): Promise<void> {
    if (this.#parts.length === 0) return
    const { db, index, foreign, state } = this.#tools
    await applyForeign(db, foreign, this.#parts)
    await this.#deliverer.advance()
    const recorded = await recordMissing(db, index, changesOf(this.#parts))
    if (recorded.length > 0) await this.#deliverer.advance()
    const whole = await wholeIds(db)
    for (const { xid } of this.#parts) if (xid !== undefined) this.#xids.add(whole(xid))
    for (const xid of recorded) this.#xids.add(xid)
    this.#end = this.#parts.findLast(({ end }) => end !== undefined)?.end ?? this.#end
    const oldest = this.#parts[0]
    if (oldest) state.handedOn(Date.now() - oldest.at)
    this.#parts = []
  }

  async #handOver(): Promise<void> {
    if (this.#end === undefined || performance.now() - this.#claimedAt < CLAIM_MS) return
    const xids = [...this.#xids]
    if (xids.length > 0) {
      this.#claimedAt = performance.now()
      await this.#deliverer.handOver(xids)
      if (!(await this.#deliverer.isHandedOver(xids))) return
    }
    this.#stream.confirm(this.#end)
    this.#xids.clear()
    this.#end = undefined
  }
}

/** @returns what makes a whole id of its lower 32 bits, of a transaction that is over */
async function wholeIds(db: Db): Promise<(xid: number) => bigint> {
  const [row] = await db.$queryRaw<{ next: string }[]>`SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next`
  const next = BigInt(row?.next ?? 0)
  return (xid) => {
    const whole = ((next >> 32n) << 32n) | BigInt(xid)
    return whole < next ? whole : whole - (1n << 32n)
  }
}

async function withClient<T>(
  url: string,
  { statementMs, signal }: { statementMs: number; signal: AbortSignal },
  use: (query: Query) => Promise<T>,
): Promise<T> {
  const client = new Client({
    connectionString: url,
    application_name: 'evergreen-cdc-setup',
    connectionTimeoutMillis: TIMEOUT_MS,
    statement_timeout: statementMs,
  })
  client.on('error', () => undefined) // the query reports it
  const end = () => client.end().catch(() => undefined) // it never connected
  signal.addEventListener('abort', end, { once: true })
  try {
    await client.connect()
    return await use(async (sql, values = []) => (await client.query<object>(sql, [...values])).rows)
  } finally {
    signal.removeEventListener('abort', end)
    await end()
  }
}
