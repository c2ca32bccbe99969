/** A client of ioredis for each kind of address: where the servers are, and how long a command may take. */
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis'
import type { RedisClient } from '#lib/coherence/index.ts'
import { parseRedisUrl, type RedisAddress } from './redisAddress.ts'

export interface RedisUse {
  /**
   * Milliseconds within which a command is answered or has failed; while Redis is away it fails at once. Left out: it
   * waits for as long as Redis is away, as a worker of the queue does.
   */
  readonly withinMs?: number
  /** Commands of one tick travel in one round trip. Of no effect on a cluster. */
  readonly pipelined?: boolean
  /** The first attempt to connect is the last, and `connect()` begins it. */
  readonly once?: boolean
}

type Of<Kind extends RedisAddress['kind']> = Extract<RedisAddress, { kind: Kind }>

const CONNECT_TIMEOUT_MS = 1_000
/** An answer that is this late does not come: the server is frozen or cut off, and its address may lead elsewhere by now. */
const SILENT_MS = 2_000
/** The same for a worker: BullMQ lets Redis hold back an answer for up to 10 s. */
const SILENT_TO_WORKER_MS = 12_000
/** A server that is left does not hold up the next connection by not closing its end. */
const DISCONNECT_TIMEOUT_MS = 200
/** Milliseconds. ioredis would wait for up to 10 s after a server has said that it is loading. */
const LOADING_RETRY_MS = 250
const SLOTS_REFRESH_MS = 2_000
/** Enough for MOVED, ASK, a slot that is between two nodes and a node that is being connected to: a tenth of a second. */
const MOST_REDIRECTIONS = 6
const TRY_AGAIN_MS = 20
/** A worker follows a failover, 15 s and more by Redis' own default, for a minute. */
const WORKER_RETRY_MS = 100
const WORKER_MOST_REDIRECTIONS = 600

const backOff = (attempt: number) => Math.min(50 * attempt, 500)
/** The error of a server that is no primary any more. */
const DEMOTED = /^(READONLY|MASTERDOWN|UNBLOCKED)\b/

const secure = ({ tls }: RedisAddress) => (tls ? { tls: {} } : {})

/** The commands of a connection to one server, in a cluster too. */
function shared(address: RedisAddress, name: string, { withinMs }: RedisUse) {
  return {
    connectionName: `evergreen/${name}`,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    socketTimeout: withinMs === undefined ? SILENT_TO_WORKER_MS : Math.max(SILENT_MS, 2 * withinMs),
    maxLoadingRetryTime: LOADING_RETRY_MS,
    ...secure(address),
    ...(address.username !== undefined && { username: address.username }),
    ...(address.password !== undefined && { password: address.password }),
    ...(withinMs === undefined
      ? { maxRetriesPerRequest: null }
      : { maxRetriesPerRequest: 0, commandTimeout: withinMs }),
    // A demoted primary behind a name or a proxy is left: the next connection may lead to the new one. A caller that
    // cannot wait gets the refusal. A worker's command is sent again: Redis refused it before it did anything.
    // Commands in flight fail by `maxRetriesPerRequest`, or are sent again, as after any lost connection.
    reconnectOnError: (error: Error) => DEMOTED.test(error.message) && (withinMs === undefined ? 2 : 1),
  } satisfies RedisOptions
}

function redisOptions(address: Of<'single' | 'sentinel'>, name: string, use: RedisUse): RedisOptions {
  const { withinMs, pipelined = false, once = false } = use
  const retry = once ? () => null : backOff
  const [{ host, port } = { host: '', port: 0 }] = address.hosts
  return {
    ...shared(address, name, use),
    db: address.database,
    lazyConnect: once,
    retryStrategy: retry,
    enableAutoPipelining: pipelined,
    // A check of the index has batched the reads of a tick itself, and would wait for another one.
    autoPipeliningIgnoredCommands: ['pollIndex'],
    enableOfflineQueue: withinMs === undefined,
    ...(address.kind === 'single'
      ? { host, port }
      : {
          sentinels: address.hosts.map((sentinel) => ({ ...sentinel })),
          name: address.name,
          sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
          sentinelRetryStrategy: retry,
          // Not `failoverDetector`: what it hears while a lost connection asks the Sentinels for the new primary ends that
          // connection for good (ioredis 6.0). A primary that hangs is left by `socketTimeout`.
          ...(address.tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
          ...(address.sentinelUsername !== undefined && { sentinelUsername: address.sentinelUsername }),
          ...(address.sentinelPassword !== undefined && { sentinelPassword: address.sentinelPassword }),
        }),
  }
}

/**
 * A bounded command is tried again for a moment only where a node is gone, and not at all where the cluster is down: that
 * lasts for seconds, and Postgres has the answer. Its time runs from the first node that it is sent to, redirections included.
 */
function clusterOptions(address: Of<'cluster'>, name: string, use: RedisUse): ClusterOptions {
  const bounded = use.withinMs !== undefined
  return {
    redisOptions: shared(address, name, use),
    lazyConnect: use.once ?? false,
    clusterRetryStrategy: use.once ? () => null : backOff,
    enableOfflineQueue: !bounded,
    // ioredis pipelines by node and follows MOVED only where all commands of the pipeline got the same one: after a
    // hand-over a third of the reads of 200 slots failed for two seconds, until the next refresh. Without it none did.
    enableAutoPipelining: false,
    maxRedirections: bounded ? MOST_REDIRECTIONS : WORKER_MOST_REDIRECTIONS,
    // Without a queue of its own ioredis refuses what comes while it connects to a node that it has not used yet.
    retryDelayOnFailover: bounded ? TRY_AGAIN_MS : WORKER_RETRY_MS,
    retryDelayOnClusterDown: bounded ? 0 : WORKER_RETRY_MS,
    retryDelayOnTryAgain: bounded ? TRY_AGAIN_MS : WORKER_RETRY_MS,
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    // A node that hangs redirects nothing.
    slotsRefreshInterval: SLOTS_REFRESH_MS,
    // Names stay names: a certificate is for a name, and what it leads to may change.
    dnsLookup: (host, callback) => callback(null, host),
  }
}

/**
 * A client that neither logs nor is known to `reconnectRedis`; its errors must be listened for. Processes of the shop
 * call `connectRedis`.
 * @param url as `parseRedisUrl` reads it
 * @param name for `CLIENT LIST`
 * @throws {Error} when the address cannot be read
 */
export function createRedis(url: string, name: string, use: RedisUse): RedisClient {
  const address = parseRedisUrl(url)
  return address.kind === 'cluster'
    ? new Cluster([...address.hosts], clusterOptions(address, name, use))
    : new Redis(redisOptions(address, name, use))
}
