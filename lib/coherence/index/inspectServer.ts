/** R0 of a keeper: what stands in the Redis that answers. */
import type { RedisClient } from '../ports.ts'
import { keys } from '../protocol/keys.ts'

/** The state of the server that answers, which takes writes. */
export interface Found {
  readonly server: string
  /** The lease as it is spelled, where it is of this server. */
  readonly lease: string | undefined
  readonly term: number
  readonly nonce: number
  readonly position: string
  readonly epoch: string
  readonly head: number
}

/** @throws when the server does not answer, or takes no writes */
export async function inspectServer(redis: RedisClient): Promise<Found> {
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
