/** The faults of stores and processes that a history is checked over. */

export type FleetName = 'redis' | 'pair' | 'cluster' | 'sentinel' | 'postgres'

/** Each with what happens, and the servers that it needs. */
export const STORE_FAULTS = {
  oom: ['Redis is full and refuses writes (OOM)', 'redis'],
  readonly: ['Redis is a replica and refuses writes (READONLY)', 'redis'],
  noreplicas: ['Redis lacks replicas and refuses writes (NOREPLICAS)', 'redis'],
  misconf: ['Redis cannot save and refuses writes (MISCONF)', 'redis'],
  'old-file': ['Redis is killed and comes back with a file that is 3 s old; one web instance starts anew', 'redis'],
  'paused-process': ['each process in turn stands still for 3 s (SIGSTOP)', 'redis'],
  'process-clock': ['the clock of one web instance goes back an hour, then ahead two', 'redis'],
  'redis-clock': ['the clock of Redis goes back an hour, then ahead two', 'redis'],
  'isolated-primary': ['a primary of Redis is cut off and takes writes; connections to it stay open', 'pair'],
  'cluster-failover': ['the primary of the index in a Redis Cluster is killed', 'cluster'],
  'sentinel-failover': ['the primary of Redis is killed, and Sentinels promote another', 'sentinel'],
  'postgres-timeline': ['Postgres is killed, and a standby is promoted on a new timeline', 'postgres'],
} as const satisfies Record<string, readonly [string, FleetName]>

export type FaultName = keyof typeof STORE_FAULTS

export function isFaultName(name: string): name is FaultName {
  return name in STORE_FAULTS
}

export const FAULT_NAMES: readonly FaultName[] = Object.keys(STORE_FAULTS).filter(isFaultName)
