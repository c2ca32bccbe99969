/** R0 of a keeper: what stands in the Redis that answers. */
import type { RedisClient } from '../ports.ts'
import { keys } from '../protocol/keys.ts'
import { NO_LEASE, parseLease } from '../protocol/lease.ts'

/** What the server that answers holds of the index. */
export interface ServerState {
  /** `{run id}:{replication id}` */
  readonly server: string
  /** The lease as `redis/lease.lua` spells it; empty where there is none, or one of another server. */
  readonly lease: string
  /** Of the lease: empty without one, as `nonce` is 0. */
  readonly name: string
  readonly nonce: number
  /** Empty where there is none, as `epoch`. */
  readonly position: string
  readonly epoch: string
  readonly head: number
  /** The hashes of commits that were shown at once and are not in each of their tags yet. */
  readonly shown: readonly string[]
}

/** @throws when the server does not answer, or takes no writes */
export async function inspectServer(redis: RedisClient): Promise<ServerState> {
  const [server, lease, position, epoch, head, shown] = await redis.inspectIndex(
    keys.indexLease,
    keys.position,
    keys.epoch,
    keys.written,
    keys.head,
  )
  const found = parseLease(lease)
  const here = found.name.endsWith(` ${server}`)
  const { name, nonce } = here ? found : NO_LEASE
  return { server, lease: here ? lease : '', name, nonce, position, epoch, head, shown }
}
