/** The kernel's port to the simulated Postgres: what the statements of `sqlVersionSource.ts` say, each run at one moment. */
import { changesSince, logReaches } from '#lib/coherence/index/changeLog.ts'
import { FreshnessError, isFreshnessError } from '#lib/coherence/index.ts'
import { replacedSource } from '#lib/coherence/protocol/errors.ts'
import { leaseNameOf } from '#lib/coherence/protocol/lease.ts'
import type { Term, VersionSource } from '#lib/coherence/ports.ts'
import { parseTag, tag, type VersionedTag } from '#lib/coherence/tags.ts'
import type { Database, OutboxRow, Row, Transaction } from './database.ts'
import type { Network } from './network.ts'
import type { Host } from './time.ts'

export const KIND = 'price'
const QUERY_MS = 2_000
/** Rows of the outbox in one scan: so few that a scan now and then leaves some out. */
const SCANNED = 4

const payloadOf = (row: Row): string => JSON.stringify(row)
const valueOf = (row: Row) => ({ version: row.version, payload: payloadOf(row) })
const changesOf = ({ products, versions }: Pick<OutboxRow, 'products' | 'versions'>): VersionedTag[] =>
  products.map((id, i) => ({ kind: KIND, id, version: versions[i] ?? 0 }))

function idsOf(tags: readonly string[]): number[] {
  return tags.flatMap((name) => {
    const ref = parseTag(name)
    return ref?.kind === KIND ? [ref.id] : []
  })
}

function rowsOf(database: Database, tags: readonly string[]) {
  return new Map(
    idsOf(tags).flatMap((id) => {
      const row = database.rows.get(id)
      return row ? [[tag(KIND, id), valueOf(row)] as const] : []
    }),
  )
}

function termOf(database: Database): Term {
  const { term, epoch, server, source, renewals, forgotten, reason, beganAt } = database.term
  const { identity } = database
  return {
    term,
    epoch,
    server,
    renewals,
    forgotten,
    identity,
    current: source === identity,
    replacedSource: reason === 'postgres-changed',
    ageMs: database.now - beganAt,
  }
}

const unindexed = (database: Database): OutboxRow[] => database.outbox.filter(({ indexed }) => !indexed)
const positionOf = (database: Database): string => `${database.identity} ${database.xmin}`

/** Commits of several changes, of which one is among `tags`. */
function pendingCommits(database: Database, tags: readonly string[]) {
  const commits = new Map<number, VersionedTag[]>()
  for (const row of unindexed(database)) commits.set(row.xid, [...(commits.get(row.xid) ?? []), ...changesOf(row)])
  return [...commits.values()].flatMap((changes) => {
    const asked = changes.map(({ kind, id }) => tag(kind, id)).filter((name) => tags.includes(name))
    return changes.length > 1 && asked.length > 0 ? [{ size: changes.length, tags: asked }] : []
  })
}

/** The rows that a transaction has written, as its source reads them. */
export function ownOf({ outbox, rows }: Transaction): Pick<VersionSource, 'uncommitted'> {
  const versions = [...rows].map(([id, row]) => ({ kind: KIND, id, ...valueOf(row) }))
  return { uncommitted: async () => ({ ids: outbox.map(({ id }) => String(id)), versions }) }
}

/** As the shop reads: by a statement of its own, which asks nothing of the term. @throws {FreshnessError} SOURCE_UNAVAILABLE */
export function readRows(host: Host, database: Database, network: Network, tags: readonly string[]) {
  return answered(network.query(host, QUERY_MS, () => rowsOf(up(database), tags)))
}

function up(database: Database): Database {
  if (!database.isUp) throw new Error('connect ECONNREFUSED')
  return database
}

async function answered<T>(query: Promise<T>): Promise<T> {
  try {
    return await query
  } catch (cause) {
    if (isFreshnessError(cause)) throw cause
    throw new FreshnessError('SOURCE_UNAVAILABLE', 'the database did not answer', { cause, retryable: true })
  }
}

/** @param step hears of each statement, by the name of its method, before it is sent */
export function withSteps(source: VersionSource, step: (name: string) => void): VersionSource {
  return new Proxy(source, {
    get: (target, name: keyof VersionSource) => {
      const value = target[name]
      if (typeof value === 'function') step(name)
      return value
    },
  })
}

export function simulatedSource(host: Host, database: Database, network: Network): VersionSource {
  /** @throws {FreshnessError} SOURCE_UNAVAILABLE */
  function run<T>(statement: () => T | Promise<T>): Promise<T> {
    return answered(
      network.query(host, QUERY_MS, () => {
        up(database)
        return statement()
      }),
    )
  }
  /** For what is shown with its payload. */
  const runOnCurrent = <T>(statement: () => T): Promise<T> =>
    run(() => {
      if (database.isReplaced) throw replacedSource()
      return statement()
    })
  const isOfTerm = (lease: string) => leaseNameOf(database.term) === lease && database.term.source === database.identity

  return {
    kinds: new Set([KIND]),
    payloadKinds: new Set([KIND]),
    versions: (tags) => run(() => new Map([...rowsOf(database, tags)].map(([name, { version }]) => [name, version]))),
    rows: (tags) => runOnCurrent(() => rowsOf(database, tags)),
    rowsWithPending: (tags) =>
      runOnCurrent(() => ({ rows: rowsOf(database, tags), pending: pendingCommits(database, tags) })),
    pendingCommits: (tags) => run(() => pendingCommits(database, tags)),
    readGuarded: (tags, settled) =>
      run(() => {
        const term = termOf(database)
        const counts = term.term !== 0 && `${term.identity} ${term.renewals}` !== settled
        const names = counts
          ? unindexed(database)
              .flatMap(changesOf)
              .map(({ kind, id }) => tag(kind, id))
          : []
        return { term, rows: rowsOf(database, tags), pending: new Set(names.filter((name) => tags.includes(name))) }
      }),
    term: () => run(() => termOf(database)),
    renew: (lease) =>
      run(() => {
        if (!isOfTerm(lease)) return undefined
        database.term.renewals++
        return termOf(database)
      }),
    async beginTerm(seen, { server, epoch, reason, above }) {
      const isBegun = await run(() => {
        const row = database.term
        const { identity: source, now: beganAt } = database
        if (row.term !== seen.term || row.renewals !== seen.renewals || source !== seen.identity) return false
        Object.assign(row, { term: Math.max(row.term, above) + 1, server, epoch, reason, source, beganAt })
        return true
      })
      return isBegun ? run(() => termOf(database)) : undefined
    },
    stillBeginning: (term) =>
      run(() => {
        if (database.term.term === term) database.term.beganAt = database.now
      }),
    setEpoch: (before, next) =>
      run(() => {
        if (database.term.epoch !== before) return false
        database.term.epoch = next
        return true
      }),
    unindexed: () =>
      runOnCurrent(() => {
        const all = unindexed(database)
        const taken = all.slice(0, SCANNED)
        const versions = taken.flatMap(changesOf).map((change) => {
          const row = database.rows.get(change.id)
          return row && row.version >= change.version ? { ...change, ...valueOf(row) } : change
        })
        const ids = taken.map(({ id }) => String(id))
        return { ids, versions, more: taken.length === SCANNED || all.length > SCANNED, position: positionOf(database) }
      }),
    uncommitted: () => Promise.reject(new Error('only a transaction has something uncommitted')),
    pendingTags: () =>
      run(
        () =>
          new Set(
            unindexed(database)
              .flatMap(changesOf)
              .map(({ kind, id }) => tag(kind, id)),
          ),
      ),
    markIndexed: (ids, lease) =>
      run(() => {
        if (!isOfTerm(lease)) return false
        for (const row of database.outbox) if (ids.includes(String(row.id))) row.indexed = true
        return true
      }),
    reaches: logReaches,
    changesSince: (position) =>
      changesSince(
        (_sql, [xid, after]) =>
          run(() => {
            const { forgotten } = database.term
            const rows = database.outbox
              .filter((row) => row.xid >= Number(xid) && row.id > Number(after))
              .slice(0, SCANNED)
            if (rows.length === 0) return [{ forgotten, id: null }]
            return rows.map(({ id, products: ids, versions }) => ({
              forgotten,
              id: String(id),
              topic: KIND,
              ids,
              versions,
            }))
          }),
        position,
      ),
    position: () => run(() => positionOf(database)),
    raiseAbove: (floors) =>
      run(async () => {
        const raise = (floor: number) => (row: Row) => (row.version < floor ? { ...row, version: floor } : undefined)
        const transaction = await database.write(new Map(floors.map(({ id, version }) => [id, raise(version)])))
        database.commit(transaction)
        return changesOf({
          products: [...transaction.rows.keys()],
          versions: [...transaction.rows.values()].map(({ version }) => version),
        })
      }),
    recentChanges: () => run(() => database.outbox.flatMap(changesOf)),
  }
}
