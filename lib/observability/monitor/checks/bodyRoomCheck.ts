/**
 * Keeps room for the index and the queue on a Redis that they share with bodies and that evicts nothing. Above the
 * first limit no process writes bodies; above the second one this check deletes all of them. So bodies never make Redis
 * refuse writes of the index or the queue.
 */
import type { Finding } from '#lib/alerts/finding.ts'
import { BODY_ROOM, usedShare } from '#lib/coherence/index.ts'
import { clearAllBodies } from '#lib/delivery/purge/clearBodies.ts'
import { logger } from '#lib/platform/logger.ts'
import type { Check, MonitorContext } from '../context.ts'

const percent = (share: number) => `${Math.round(share * 100)} %`

function finding(share: number, cleared: boolean): Finding {
  return {
    dedupKey: 'body-room',
    kind: 'redis-crowded',
    severity: 'warning',
    summary: `Redis uses ${percent(share)} of its maxmemory. ${cleared ? 'All bodies of pages were thrown away' : 'Bodies of pages are not written any more'}, so that index and queue have room; instances render what they do not hold.`,
    detail: {
      layer: 'redis',
      used: share,
      writeBelow: BODY_ROOM.writeBelow,
      clearAbove: BODY_ROOM.clearAbove,
      whatToDo: 'Give bodies a Redis of their own (CACHE_REDIS_URL, allkeys-lfu), or raise maxmemory.',
    },
  }
}

export const bodyRoomCheck = {
  name: 'body-room',
  async run(
    { cacheRedis }: Pick<MonitorContext, 'cacheRedis'>,
    report: (findings: readonly Finding[]) => Promise<void>,
  ) {
    const share = await usedShare(cacheRedis)
    if (share < BODY_ROOM.writeBelow) return []
    const isFull = share >= BODY_ROOM.clearAbove
    const findings = [finding(share, isFull)]
    if (!isFull) return findings
    await report(findings)
    const removed = await clearAllBodies(cacheRedis)
    logger('monitor').warn({ share, removed }, 'bodies were thrown away to leave Redis room')
    return findings
  },
} satisfies Check
