/** The secrets of each process. `npm start` gives a process these and no other: tools/run/processEnvironment.ts. */

/** A process of the shop that runs until it is stopped. The monitor is a part of the worker. */
export type ProcessKind = 'web' | 'worker' | 'prober' | 'edge'

/** The secrets that a process cannot start without. */
export const NEEDED_SECRETS = {
  DATABASE_URL: ['web', 'worker', 'prober'],
  REDIS_URL: ['web', 'worker'],
  /** Sessions, carts and orders. The worker looks at the session of a visitor of the board of its queues. */
  AUTH_SECRET: ['web', 'worker'],
  /** The secret of requests between processes; marks of price slots; correlation ids. */
  INTERNAL_SECRET: ['web', 'worker'],
  /** Web instances and workers sign their calls to the edge; the edge, and the prober beside it, prove themselves to web instances. */
  EDGE_SECRET: ['web', 'worker', 'prober', 'edge'],
} as const satisfies Readonly<Record<string, readonly ProcessKind[]>>

export type NeededSecret = keyof typeof NEEDED_SECRETS

/** The secrets that a process may have. */
const OTHER_SECRETS = {
  CACHE_REDIS_URL: ['web', 'worker'],
  /** Connections differ where there is one: see db.ts. */
  DATABASE_DIRECT_URL: ['web', 'worker', 'prober'],
  DATABASE_REPLICA_URL: ['web'],
  /** An edit is published to the edge by the web instance that took it. */
  CLOUDFLARE_API_TOKEN: ['web', 'worker'],
  FASTLY_API_TOKEN: ['web', 'worker'],
  /** A web instance sends notifications of alerts while no worker runs. */
  ALERT_WEBHOOK_URL: ['web', 'worker'],
  /** May hold the key of a collector. */
  OTEL_EXPORTER_OTLP_HEADERS: ['web', 'worker', 'prober'],
  /** The address for the role that replicates: the relay is a part of the worker. */
  REPLICATION_DATABASE_URL: ['worker'],
  /** The secret of the collector of metrics. */
  METRICS_TOKEN: ['web', 'worker', 'prober'],
  // Read by set-up.
  MIGRATION_DATABASE_URL: [],
  REDIS_URL_WEB: [],
  REDIS_URL_WORKER: [],
  ADMIN_PASSWORD: [],
  // Read by a command of the shell.
  EVERGREEN_TOKEN: [],
} as const satisfies Readonly<Record<string, readonly ProcessKind[]>>

/** By name, the kinds of process that get it. */
export const SECRETS: Readonly<Record<string, readonly ProcessKind[]>> = { ...NEEDED_SECRETS, ...OTHER_SECRETS }
