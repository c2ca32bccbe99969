/** One cell of the table: so many edits a second, and what the readers get at that time. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type pg from 'pg'
import { paced } from '../lib/paced.ts'
import { Acknowledged } from './acknowledged.ts'
import type { Edit } from './editors.ts'
import type { Fleet } from './fleet.ts'
import { type ProcessorTime, processorTime } from './processorTime.ts'
import { readAll, type Reading } from './readers.ts'

export interface Cell extends Omit<Reading, 'rendersSeen'> {
  readonly server: string
  readonly by: string
  /** Edits a second: wanted, and acknowledged within the window. */
  readonly asked: number
  readonly made: number
  readonly editErrors: Readonly<Record<string, number>>
  readonly seconds: number
  readonly renders: number
  /** The outcomes of misses, as our servers count them. */
  readonly builds: Readonly<Record<string, number>>
  /** Seconds from the last edit until every outbox row is done; null where that took longer than is waited for, or nothing delivers. */
  readonly outboxEmptyAfter: number | null
  readonly processorSeconds: ProcessorTime
}

export interface Setting {
  readonly readers: number
  /** The length of the window, which begins `warmUpSeconds` after readers and editors. */
  readonly seconds: number
  readonly warmUpSeconds: number
}

/** Edits that wait for their answer at once. */
const MOST_EDITS = 64
const GIVE_UP_MS = 20_000
const POLL_MS = 20

/** @returns seconds; null when rows are left after `GIVE_UP_MS` */
async function outboxEmptyAfter(postgres: pg.Pool, since: number): Promise<number | null> {
  while (performance.now() - since < GIVE_UP_MS) {
    const { rowCount } = await postgres.query('SELECT 1 FROM outbox WHERE done_at IS NULL LIMIT 1')
    if (rowCount === 0) return (performance.now() - since) / 1_000
    await wait(POLL_MS)
  }
  return null
}

interface CellPlan {
  readonly fleet: Fleet
  readonly by: string
  readonly asked: number
  readonly edit: (acknowledged: Acknowledged) => Edit
  readonly url: (i: number) => string
  readonly setting: Setting
  readonly postgres: pg.Pool
  readonly redis: Redis
}

export async function measureCell(plan: CellPlan): Promise<Cell> {
  const { fleet, by, asked, url, setting, postgres, redis } = plan
  const { readers, seconds, warmUpSeconds } = setting
  const acknowledged = new Acknowledged()
  const edit = plan.edit(acknowledged)
  const editErrors: Record<string, number> = {}
  const from = performance.now() + warmUpSeconds * 1_000
  const until = from + seconds * 1_000
  const inWindow = () => performance.now() >= from && performance.now() < until
  let [made, lastEdit] = [0, until]

  const oneEdit = async (i: number) => {
    try {
      await edit(i)
      if (inWindow()) made++
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      editErrors[message] = (editErrors[message] ?? 0) + 1
    }
    lastEdit = performance.now()
  }
  const counted = async () => {
    await wait(warmUpSeconds * 1_000)
    const [before, watch] = [await fleet.builds(), await processorTime(fleet.processes, postgres, redis)]
    await wait(Math.max(0, until - performance.now()))
    return { processorSeconds: watch(), before, after: await fleet.builds() }
  }
  const [reading, counts] = await Promise.all([
    readAll({ url, readers, from, until, acknowledged, countRenders: !fleet.countsBuilds }),
    counted(),
    paced(asked, warmUpSeconds + seconds, MOST_EDITS, oneEdit),
  ])
  const { rendersSeen, ...read } = reading
  const builds = Object.fromEntries(
    Object.entries(counts.after).map(([outcome, count]) => [outcome, count - (counts.before[outcome] ?? 0)]),
  )
  return {
    server: fleet.name,
    by,
    asked,
    made: made / seconds,
    editErrors,
    seconds,
    ...read,
    renders: fleet.countsBuilds ? (builds['render'] ?? 0) : rendersSeen,
    builds,
    outboxEmptyAfter: fleet.delivers
      ? await outboxEmptyAfter(postgres, asked === 0 ? performance.now() : lastEdit)
      : null,
    processorSeconds: counts.processorSeconds,
  }
}

/** @returns of the rounds of one cell the one with the median reads a second */
export const medianOf = (rounds: readonly Cell[]): Cell | undefined =>
  rounds.toSorted((a, b) => a.readsPerSecond - b.readsPerSecond)[Math.floor(rounds.length / 2)]
