/**
 * A copy of the database that only answers, for reads that may be a moment old: docs/operations/scale.md lists them. Never for
 * versions: what a page shows is compared with rows that the primary has committed.
 */
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '#lib/generated/prisma/client.ts'
import { connectionOf, db, type Db } from './db.ts'
import { env } from './env.ts'
import { logger } from './logger.ts'
import { processSingleton } from './process/processSingleton.ts'

/** Seconds. The monitor writes its heartbeat more often than this: a copy without a younger one is behind, or no monitor runs. */
const MOST_BEHIND_S = 60
/** Milliseconds that an answer about the replica counts: one that is away, or behind, is asked no read in that time. */
const BELIEVED_MS = 5_000

class Replica {
  readonly #db: Db
  #looked: { readonly at: number; readonly usable: Promise<boolean> } | undefined

  constructor(url: string) {
    this.#db = new PrismaClient({ adapter: new PrismaPg({ ...connectionOf(url), max: 5 }) })
  }

  async read<T>(query: (from: Db) => Promise<T>): Promise<T> {
    if (!this.#looked || performance.now() - this.#looked.at > BELIEVED_MS)
      this.#looked = { at: performance.now(), usable: this.#isUsable() }
    if (!(await this.#looked.usable)) return query(db())
    try {
      return await query(this.#db)
    } catch (error) {
      // It went away, or cancelled the query to go on with its replication: the primary knows.
      this.#looked = { at: performance.now(), usable: Promise.resolve(false) }
      logger('postgres').warn({ err: error }, 'the replica did not answer; the primary is asked')
      return query(db())
    }
  }

  async #isUsable(): Promise<boolean> {
    try {
      const [row] = await this.#db.$queryRaw<{ usable: boolean }[]>`
        SELECT COALESCE(max(beat_at) > now() - make_interval(secs => ${MOST_BEHIND_S}), false) AS usable FROM heartbeats`
      if (row?.usable === false)
        logger('postgres').warn('the replica is more than a minute behind; the primary is asked')
      return row?.usable === true
    } catch (error) {
      logger('postgres').warn({ err: error }, 'the replica is away; the primary is asked')
      return false
    }
  }
}

/** Reads from DATABASE_REPLICA_URL; from the primary where there is none, or it is away or more than a minute behind. */
export async function fromReplica<T>(query: (from: Db) => Promise<T>): Promise<T> {
  const url = env().DATABASE_REPLICA_URL
  if (url === undefined) return query(db())
  return processSingleton('replica', () => new Replica(url)).read(query)
}
