/** R0 of a keeper: what stands in the Redis that answers. */
import type { RedisClient } from '../ports.ts'
import { keys } from '../protocol/keys.ts'

/** What the server that answers holds of the index. */
export interface ServerState {
  /** `{run id}:{replication id}` */
  readonly server: string
  /** The lease as `redis/lease.lua` spells it; undefined where there is none, or one of another server. */
  readonly lease: string | undefined
  /** Of the lease, as `nonce`: 0 without one. */
  readonly term: number
  readonly nonce: number
  /** Empty where there is none, as `epoch`. */
  readonly position: string
  readonly epoch: string
  readonly head: number
}

/** @throws when the server does not answer, or takes no writes */
export async function inspectServer(redis: RedisClient): Promise<ServerState> {
  const [server, lease, position, epoch, head] = await redis.inspectIndex(
    keys.indexLease,
    keys.position,
    keys.epoch,
    keys.written,
    keys.head,
  )
  const [term, nonce, where] = lease.split(' ')
  const here = where === server
  const counts = here ? { lease, term: Number(term), nonce: Number(nonce) } : { lease: undefined, term: 0, nonce: 0 }
  return { server, ...counts, position, epoch, head }
}
