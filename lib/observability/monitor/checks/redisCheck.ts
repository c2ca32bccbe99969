/** The Redis that holds the version index: whether it takes writes, and what became of the index in it. */
import { z } from 'zod'
import type { Db } from '#lib/platform/db.ts'
import type { Finding } from '#lib/alerts/finding.ts'
import type { Check } from '../context.ts'
import { redisFault, type RedisFault } from './redisFault.ts'
import { knownTerm, type KnownTerm, type TermRow, TermWatch } from './termWatch.ts'

const remembered = z.object({ index: knownTerm })

/** The knowledge of the last monitor: kept with its heartbeat, so that a change while none ran raises an alert, too. */
async function lastKnown(db: Db): Promise<KnownTerm | undefined> {
  const row = await db.heartbeat.findUnique({ where: { process: 'monitor' } })
  return remembered.safeParse(row?.detail).data?.index
}

async function readTerm(db: Db): Promise<TermRow> {
  const { term, renewals, beganAt, ...row } = await db.indexTerm.findUniqueOrThrow({ where: { id: 1 } })
  return { ...row, term: Number(term), renewals: Number(renewals), beganAt: beganAt.getTime() }
}

function faultFinding({ code, what, whatToDo, error }: RedisFault): Finding {
  return {
    ...(code === undefined
      ? { dedupKey: 'index', kind: 'layer-unreachable' }
      : { dedupKey: 'writes', kind: 'redis-refuses-writes' }),
    severity: 'critical',
    summary: `${what}. Pages are checked against Postgres, and edits say "saved, still propagating".`,
    detail: { layer: 'index', ...(code !== undefined && { code }), error, whatToDo },
  }
}

export interface RedisCheck extends Check {
  /** For the heartbeat. */
  readonly known: () => KnownTerm | undefined
  /** For a process that is not the monitor any more: what it knew is that of another by the time it is again. */
  readonly forget: () => void
}

export function redisCheck(): RedisCheck {
  let watch: TermWatch | undefined
  return {
    name: 'redis',
    known: () => watch?.notified,
    forget: () => (watch = undefined),
    async run({ db, indexRedis }) {
      const fault = await redisFault(indexRedis)
      const now = await readTerm(db)
      watch ??= new TermWatch(await lastKnown(db))
      const ofTerm = watch.look(now, performance.now(), fault !== undefined)
      return fault ? [faultFinding(fault), ...ofTerm] : ofTerm
    },
  }
}
