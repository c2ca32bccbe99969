/**
 * Addresses of Redis, as REDIS_URL and CACHE_REDIS_URL name them: docs/operations/redis.md.
 *
 *   redis://[user:password@]host[:6379][/database]
 *   redis+sentinel://[user:password@]host[:26379],host/name[/database][?sentinelUsername=…&sentinelPassword=…]
 *   redis+cluster://[user:password@]host[:6379],host
 *
 * `rediss`, `rediss+sentinel` and `rediss+cluster` are the same over TLS. ioredis reads the first form alone.
 */

interface HostAndPort {
  readonly host: string
  readonly port: number
}

interface Account {
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
}

export type RedisAddress =
  | (Account & { readonly kind: 'single'; readonly hosts: readonly [HostAndPort]; readonly database: number })
  | (Account & {
      readonly kind: 'sentinel'
      /** The Sentinels; they know where the primary is. */
      readonly hosts: readonly HostAndPort[]
      /** The primary's name, of those that the Sentinels watch. */
      readonly name: string
      readonly database: number
      readonly sentinelUsername: string | undefined
      readonly sentinelPassword: string | undefined
    })
  | (Account & { readonly kind: 'cluster'; readonly hosts: readonly HostAndPort[] })

const FORMS =
  'redis://host:6379/0, redis+sentinel://host:26379,host:26379/name or redis+cluster://host:6379,host:6379, or the same with rediss for TLS'
const SHAPE =
  /^(?<scheme>[a-z][a-z+]*):\/\/(?:(?<account>[^/?#]*)@)?(?<hosts>[^/?#@]*)(?<path>\/[^?#@]*)?(?:\?(?<query>[^#@]*))?$/i
const SCHEME = /^redis(?<tls>s?)(?:\+(?<kind>sentinel|cluster))?$/i
const HOST = /^(?<host>\[[\da-f:.]+\]|[\w.-]+)(?::(?<port>.*))?$/i
const WHOLE_NUMBER = /^\d{1,5}$/
const SENTINEL_QUERY = ['sentinelUsername', 'sentinelPassword']

/** @throws {Error} saying in which part of the address the fault is, and what to write */
function hostAndPort(text: string, place: string, defaultPort: number): HostAndPort {
  const found = HOST.exec(text)?.groups
  if (!found)
    throw new Error(
      text === ''
        ? `${place} is empty: write a name or an address, and no comma where none follows.`
        : `${place}, "${text}", is no name of a host and no address; an IPv6 address stands in brackets.`,
    )
  const port = found['port'] ?? String(defaultPort)
  if (!WHOLE_NUMBER.test(port) || Number(port) < 1 || Number(port) > 65_535)
    throw new Error(`${place}, "${text}", has the port "${port}": write a whole number from 1 to 65535.`)
  return { host: (found['host'] ?? '').replace(/^\[(.*)\]$/, '$1'), port: Number(port) }
}

function decoded(text: string | undefined, what: string): string | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error(`the ${what} has a % that begins no code: write %25 for a percent sign.`)
  }
}

function databaseOf(text: string | undefined): number {
  if (text === undefined || text === '') return 0
  if (!WHOLE_NUMBER.test(text)) throw new Error(`the database is "${text}": write a whole number, such as 0.`)
  return Number(text)
}

function parametersOf(query: string | undefined, known: readonly string[]): URLSearchParams {
  const parameters = new URLSearchParams(query)
  const strange = [...parameters.keys()].find((name) => !known.includes(name))
  if (strange !== undefined)
    throw new Error(
      `"${strange}" behind the question mark is not known: ${known.length > 0 ? `${known.join(' and ')} are` : 'nothing is'} read there.`,
    )
  return parameters
}

/**
 * @param text the address, without the name of its variable
 * @throws {Error} whose message says in which part the fault is and what to write. It never shows a password
 */
export function parseRedisUrl(text: string): RedisAddress {
  const parts = SHAPE.exec(text)?.groups
  const scheme = SCHEME.exec(parts?.['scheme'] ?? '')?.groups
  if (!parts || !scheme)
    throw new Error(
      /^rediss?(\+\w+)?:\/\/.*[@#]/i.test(text)
        ? 'it cannot be read: in a name or password write / as %2F, ? as %3F, # as %23, and in one behind the host @ as %40.'
        : `an address is ${FORMS}.`,
    )
  const kind = scheme['kind']?.toLowerCase()
  const [, username, password] = /^([^:]*)(?::(.*))?$/.exec(parts['account'] ?? '') ?? []
  const account: Account = {
    tls: scheme['tls'] !== '',
    username: decoded(username, 'user name'),
    password: decoded(password, 'password'),
  }
  const names = (parts['hosts'] ?? '').split(',')
  const hosts = names.map((name, i) =>
    hostAndPort(name, names.length === 1 ? 'the host' : `host ${i + 1}`, kind === 'sentinel' ? 26_379 : 6_379),
  )
  const [path = '', database, ...rest] = (parts['path'] ?? '').slice(1).split('/')

  if (kind === 'sentinel') {
    const name = decoded(path, 'name of the primary')
    if (name === undefined || rest.length > 0)
      throw new Error(
        'behind the Sentinels stands the name of the primary that they watch, and behind that a database, if any: redis+sentinel://host,host/name/0.',
      )
    const parameters = parametersOf(parts['query'], SENTINEL_QUERY)
    return {
      kind,
      ...account,
      hosts,
      name,
      database: databaseOf(database),
      sentinelUsername: parameters.get('sentinelUsername') ?? undefined,
      sentinelPassword: parameters.get('sentinelPassword') ?? undefined,
    }
  }
  parametersOf(parts['query'], [])
  if (database !== undefined) throw new Error(`"/${database}" stands behind the database: leave it out.`)
  if (kind === 'cluster') {
    if (databaseOf(path) !== 0)
      throw new Error(`a Redis Cluster has database 0 only, and the address names "${path}": leave it out.`)
    return { kind, ...account, hosts }
  }
  const [host, second] = hosts
  if (!host || second)
    throw new Error(
      'several hosts are Sentinels or a cluster: write redis+sentinel://host,host/name or redis+cluster://host,host.',
    )
  return { kind: 'single', ...account, hosts: [host], database: databaseOf(path) }
}

/** @returns the address as it may be printed: without passwords */
export function withoutPasswords(text: string): string {
  return text
    .replace(/:\/\/(?:([^:@/?#]+)|):.*@/, (_all, user?: string) => `://${user === undefined ? '' : `${user}@`}`)
    .replace(/([?&]sentinelPassword=)[^&]*/g, '$1…')
}
