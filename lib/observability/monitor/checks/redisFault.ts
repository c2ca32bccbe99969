/** Checks whether the index' Redis takes writes, with a write: a Redis that refuses them answers every read. */
import { randomUUID } from 'node:crypto'
import type { RedisClient } from '#lib/coherence/index.ts'
import { redisKeys } from '#lib/platform/redisKeys.ts'
import { reasonOf } from '../context.ts'

/** Seconds that the monitor's own key is kept. */
const KEPT_S = 60

export interface RedisFault {
  /** The code of the refusal, such as OOM; undefined where Redis gave no answer. */
  readonly code: string | undefined
  /** `Redis refuses writes: its memory is full (OOM)`, without a full stop. */
  readonly what: string
  readonly whatToDo: string
  /** As Redis, or the connection, put it. */
  readonly error: string
}

interface Refusal {
  readonly why: string
  readonly whatToDo: string
}

const REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  [
    'OOM',
    {
      why: 'its memory is full',
      whatToDo: 'Raise maxmemory, or give the machine more; keep maxmemory-policy noeviction.',
    },
  ],
  [
    'READONLY',
    {
      why: 'it is a replica, or was made one',
      whatToDo:
        'Let REDIS_URL lead to the primary; name the Sentinels or the cluster there, so that it follows a failover.',
    },
  ],
  [
    'MISCONF',
    {
      why: 'it cannot save to its disk',
      whatToDo: "Free the disk; the cause is in Redis' log. It takes writes again after a save that succeeds (BGSAVE).",
    },
  ],
  [
    'NOREPLICAS',
    {
      why: 'fewer replicas are connected than min-replicas-to-write asks for',
      whatToDo: 'Bring the replicas back, or lower min-replicas-to-write.',
    },
  ],
  [
    'CLUSTERDOWN',
    {
      why: 'its cluster has no primary for some slots',
      whatToDo: 'Bring the shard back; `redis-cli cluster nodes` names it.',
    },
  ],
  [
    'TRYAGAIN',
    {
      why: 'the slot of the index is on its way to another node',
      whatToDo: 'Let the migration end; `redis-cli --cluster fix` ends one that was interrupted.',
    },
  ],
  ['LOADING', { why: 'it still loads its data', whatToDo: "Wait; how far it is stands in Redis' log." }],
  [
    'MASTERDOWN',
    {
      why: 'it is a replica that has lost its primary',
      whatToDo: 'Bring the primary back, or let REDIS_URL lead to the one that took over.',
    },
  ],
])

/** A cluster's client that gives up says it so. */
const GIVEN_UP = /Last error: ReplyError: (.+)/

/** The answer of Redis, also where a cluster's client wraps it; undefined where it gave no answer. */
function answerIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (error.name === 'ReplyError') return error.message
  return GIVEN_UP.exec(error.message)?.[1] ?? ('lastNodeError' in error ? answerIn(error.lastNodeError) : undefined)
}

/** @param error of a write that failed */
export function describeFault(error: unknown): RedisFault {
  const answer = answerIn(error)
  if (answer === undefined)
    return {
      code: undefined,
      what: 'Redis does not answer',
      whatToDo: 'Bring Redis back; the shop needs nothing else.',
      error: reasonOf(error),
    }
  const [code = answer] = answer.split(' ', 1)
  const { why, whatToDo } = REFUSALS.get(code) ?? {
    why: answer,
    whatToDo: "Look the answer up in Redis' documentation; its log says more.",
  }
  return {
    code,
    what: `Redis refuses writes: ${why}${REFUSALS.has(code) ? ` (${code})` : ''}`,
    whatToDo,
    error: answer,
  }
}

/**
 * Writes a key of the monitor's own, on the node that holds the index.
 * @returns what keeps Redis from taking it; undefined when it took it
 */
export async function redisFault(redis: RedisClient): Promise<RedisFault | undefined> {
  try {
    await redis.set(redisKeys.monitorWrite, randomUUID(), 'EX', KEPT_S)
    return undefined
  } catch (error) {
    return describeFault(error)
  }
}
