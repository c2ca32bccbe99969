/**
 * The parts of a web instance. server.ts asks for it once and hands on what each module needs. A page, a route or an action asks
 * here again, because Next calls it with arguments of its own, and gets the same values: docs/decisions/composition.md.
 */
import { coherence } from '#lib/catalog/coherence.ts'
import { edge, type EdgePort } from '#lib/cdn/edgePort.ts'
import type { Coherence, RedisClient } from '#lib/coherence/index.ts'
import { db, type Db } from '#lib/platform/db.ts'
import { cacheRedis, indexRedis } from '#lib/platform/redis.ts'

export interface WebParts {
  readonly db: Db
  readonly indexRedis: RedisClient
  readonly cacheRedis: RedisClient
  readonly coherence: Coherence
  readonly edge: EdgePort | undefined
}

/** Makes each part on first use in the process. The edge is there once `useEdge` has named it. */
export function webParts(): WebParts {
  return { db: db(), indexRedis: indexRedis(), cacheRedis: cacheRedis(), coherence: coherence(), edge: edge() }
}
