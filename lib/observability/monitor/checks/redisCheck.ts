/**
 * A Redis that is another one than before, or that lost its data: another run id, another epoch, or none. Entries of
 * the old epoch are stale by themselves; what changed lately is applied again, so that nothing older is believed.
 */
import { z } from 'zod'
import type { Db } from '#lib/platform/db.ts'
import type { Finding } from '#lib/alerts/finding.ts'
import { keys, type RedisClient, type VersionIndex } from '#lib/coherence/index.ts'
import { infoOfOwner } from '#lib/platform/redisNodes.ts'
import { type Check, MOST_LISTED, nameProducts } from '../context.ts'
import { countRepairs } from '../metrics.ts'

/** Seconds of changes that are applied again: more than a failover can lose. */
const REAPPLY_S = 3_600

/** Which Redis, with which data. */
interface Identity {
  readonly runId: string
  /** Empty while no page was read since the data was lost. */
  readonly dataSet: string
}

const remembered = z.object({ redis: z.object({ runId: z.string(), dataSet: z.string() }) })

async function identityOf(redis: RedisClient, index: VersionIndex): Promise<Identity> {
  const [info, dataSet] = await Promise.all([infoOfOwner(redis, keys.epoch, 'server'), index.dataSet()])
  return { runId: /^run_id:(\w+)/m.exec(info)?.[1] ?? '', dataSet: dataSet ?? '' }
}

/** What the last monitor knew: kept with its heartbeat, so that a loss while nobody watched is noticed too. */
async function lastIdentity(db: Db): Promise<Identity | undefined> {
  const row = await db.heartbeat.findUnique({ where: { process: 'monitor' } })
  return remembered.safeParse(row?.detail).data?.redis
}

export interface RedisCheck extends Check {
  /** For the heartbeat. */
  readonly identity: () => Identity | undefined
}

export function redisCheck(): RedisCheck {
  let known: Identity | undefined
  return {
    name: 'redis',
    identity: () => known,
    async run({ db, indexRedis, index, publisher, source }) {
      let now: Identity
      try {
        now = await identityOf(indexRedis, index)
      } catch (error) {
        return [
          {
            dedupKey: 'index',
            kind: 'layer-unreachable',
            severity: 'critical',
            summary:
              'Redis does not answer: pages are checked against Postgres, and edits say "saved, still propagating".',
            detail: { layer: 'index', error: String(error) },
          },
        ]
      }
      const before = known ?? (await lastIdentity(db))
      const restarted = before !== undefined && before.runId !== now.runId
      const emptied = before !== undefined && before.dataSet !== '' && before.dataSet !== now.dataSet
      if (!restarted && !emptied) {
        known = now
        return []
      }
      const changes = await source.recentChanges(REAPPLY_S)
      await publisher.publish(changes)
      countRepairs('redis-reapplied', changes.length)
      await index.read([]) // makes the new epoch
      known = await identityOf(indexRedis, index)
      const ids = changes.filter(({ kind }) => kind === 'price').map(({ id }) => id)
      const what = emptied ? 'lost its data' : 'was restarted'
      const finding: Finding = {
        dedupKey: 'redis',
        kind: 'redis-lost-data',
        severity: emptied ? 'critical' : 'warning',
        summary: `Redis ${what}: the version index got the last changes again${ids.length > 0 ? ` (${nameProducts(ids)})` : ''}.`,
        detail: {
          layer: 'index',
          productId: ids[0] ?? null,
          productIds: ids.slice(0, MOST_LISTED),
          reapplied: changes.length,
          before: { ...before },
          now: { ...known },
        },
      }
      return [finding]
    },
  }
}
