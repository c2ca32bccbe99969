import { Client } from 'pg'
import type { RedisClient } from '#lib/coherence/index.ts'
import { requireReplication, type Query } from '#lib/delivery/changes/cdc/slot.ts'
import { withoutPasswords } from '#lib/platform/redisAddress.ts'
import { keepsSessions, NEEDS_DIRECT_ADDRESS } from '#lib/platform/databaseFitness.ts'
import { createRedis } from '#lib/platform/redisClient.ts'
import { type RedisVariable, type Unfit, unfitRedis } from '#lib/platform/redisFitness.ts'
import { SetupError } from '../progress.mjs'

const CONNECT_WITHIN_MS = 5_000
const READY_WITHIN_MS = 20_000
/** `max(xid8)` in `forget_outbox`, and column lists of a publication. */
const OLDEST_POSTGRES = 15

/** The address without its password: it is printed. */
function withoutPassword(url: URL): string {
  url.password = ''
  return url.href
}

function reason(error: unknown): string {
  // A refused connection to a name with several addresses carries the reasons inside.
  const inner = error instanceof AggregateError ? error.errors[0] : error
  return inner instanceof Error ? inner.message : String(inner)
}

type DatabaseVariable = 'DATABASE_URL' | 'DATABASE_DIRECT_URL' | 'DATABASE_REPLICA_URL'

function parsedDatabase(name: DatabaseVariable, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['postgresql:', 'postgres:'].includes(url.protocol)) {
    throw new SetupError(
      `${name} must be an address that begins with postgresql://, and is not: correct it, or unset it${name === 'DATABASE_URL' ? ' to use the embedded server' : ''}.`,
    )
  }
  return url
}

function redisOf(name: RedisVariable, text: string): RedisClient {
  try {
    return createRedis(text, 'set-up', { withinMs: CONNECT_WITHIN_MS, once: true })
  } catch (error) {
    throw new SetupError(`${name} cannot be read: ${reason(error)}`)
  }
}

interface Looked {
  /** The identity of the server and the database: the same on a replica. */
  readonly identity: string
  readonly isReplica: boolean
  /** `0`: a statement may take for ever. */
  readonly statementTimeout: string
}

async function lookAt(name: DatabaseVariable, text: string): Promise<Looked> {
  const shown = withoutPassword(parsedDatabase(name, text))
  const client = new Client({ connectionString: text, connectionTimeoutMillis: CONNECT_WITHIN_MS })
  client.on('error', () => undefined) // the query reports it
  try {
    await client.connect()
    const { rows } = await client.query<Looked & { version: number; commit: string }>(
      `SELECT current_setting('server_version_num')::int AS version, current_setting('synchronous_commit') AS commit,
        current_setting('statement_timeout') AS "statementTimeout", pg_is_in_recovery() AS "isReplica",
        system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()) AS identity
      FROM pg_control_system()`,
    )
    const [row] = rows
    if (!row) throw new Error('it said nothing of itself')
    const major = Math.floor(row.version / 10_000)
    if (major < OLDEST_POSTGRES) throw new Error(`Postgres ${major} is older than ${OLDEST_POSTGRES}`)
    if (row.commit === 'off')
      throw new Error('synchronous_commit is off, so a crash could lose prices that shoppers have seen: set it to on')
    return row
  } catch (error) {
    throw new SetupError(
      `The database at ${shown} cannot be used (${reason(error)}): start it or correct ${name}, or unset it${name === 'DATABASE_URL' ? ' to use the embedded one' : ''}.`,
    )
  } finally {
    await client.end().catch(() => undefined) // it never connected
  }
}

interface DatabaseAddresses {
  readonly url: string
  readonly direct?: string | undefined
  readonly replica?: string | undefined
}

/**
 * @returns sentences about what these addresses cost, although they will do
 * @throws {SetupError} when one of them cannot be used, or is not what its name says
 */
export async function checkDatabase({ url, direct, replica }: DatabaseAddresses): Promise<string[]> {
  const said: string[] = []
  const main = await lookAt('DATABASE_URL', url)
  if (main.isReplica) throw new SetupError('DATABASE_URL leads to a replica, which takes no writes: name the primary.')
  if (direct === undefined) {
    if (!(await keepsSessions(url))) throw new SetupError(NEEDS_DIRECT_ADDRESS)
  } else {
    const own = await lookAt('DATABASE_DIRECT_URL', direct)
    if (own.identity !== main.identity || own.isReplica !== main.isReplica)
      throw new SetupError(
        'DATABASE_URL and DATABASE_DIRECT_URL lead to different databases: let both lead to the primary.',
      )
    if (!(await keepsSessions(direct)))
      throw new SetupError(
        'DATABASE_DIRECT_URL leads through a pooler, too: it is to be the address of Postgres itself.',
      )
    if (main.statementTimeout === '0')
      said.push(
        "Statements through DATABASE_URL have no limit of time: give the pooler connect_query='SET statement_timeout = 10000'.",
      )
  }
  if (replica !== undefined) {
    const copy = await lookAt('DATABASE_REPLICA_URL', replica)
    if (copy.identity !== main.identity)
      throw new SetupError('DATABASE_REPLICA_URL leads to another database than DATABASE_URL: correct it or unset it.')
    if (!copy.isReplica) said.push('DATABASE_REPLICA_URL leads to the primary: it takes no load off it.')
  }
  return said
}

/**
 * Checks the database where PRICE_EVENTS is `cdc`.
 * @param url of the role that replicates @param application the shop's own
 * @returns nothing to be said
 * @throws {SetupError} naming what is missing
 */
export async function checkReplication(url: string, application: string): Promise<string[]> {
  const clients = [url, application].map((text) => {
    const client = new Client({ connectionString: text, connectionTimeoutMillis: CONNECT_WITHIN_MS })
    client.on('error', () => undefined) // the query reports it
    return client
  })
  try {
    await Promise.all(clients.map((client) => client.connect()))
    const [replicates, works] = clients.map(
      (client): Query =>
        async (sql, values = []) =>
          (await client.query<object>(sql, [...values])).rows,
    )
    if (replicates && works) await requireReplication(replicates, works)
    return []
  } catch (error) {
    throw new SetupError(reason(error))
  } finally {
    await Promise.allSettled(clients.map((client) => client.end())) // one never connected
  }
}

/**
 * @returns sentences about what this Redis costs, although it will do
 * @throws {SetupError} when the Redis that `name` names cannot hold the queue and the index
 */
export async function checkRedis(name: RedisVariable, text: string): Promise<string[]> {
  const redis = redisOf(name, text)
  let lost: unknown
  redis.on('error', (error: unknown) => (lost ??= error))
  redis.on('node error', (error: unknown) => (lost ??= error))
  // A server that is still loading answers, and is not ready.
  const late = setTimeout(() => {
    lost ??= new Error(`it was not ready within ${READY_WITHIN_MS / 1_000} s`)
    redis.disconnect()
  }, READY_WITHIN_MS)
  let unfit: Unfit[]
  try {
    await redis.connect()
    unfit = await unfitRedis(name, text, redis)
  } catch (error) {
    throw new SetupError(
      `Redis at ${withoutPasswords(text)} cannot be reached (${reason(lost ?? error)}): start it or correct ${name}, or unset it to use the embedded one.`,
    )
  } finally {
    clearTimeout(late)
    redis.disconnect()
  }
  const refusal = unfit.find(({ level }) => level === 'refuse')
  if (refusal) throw new SetupError(refusal.sentence)
  return unfit.map(({ sentence }) => sentence)
}
