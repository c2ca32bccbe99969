/** Makes a fault that was drawn happen to the fleet. */
import { setTimeout as wait } from 'node:timers/promises'
import { refusal, type RefusalCode } from '../lease/servers/refusals.ts'
import type { RedisServer } from '../lease/servers/redisServer.ts'
import type { SmallDisk } from '../lease/servers/smallDisk.ts'
import { until } from '../lease/servers/until.ts'
import { type ClockName, type Fault, type ProcessName, type Round, WEB } from './draw.ts'
import type { Fleet } from './fleet.ts'

const FILE_AGES_MS = 3_000
const HOUR_S = 3_600
/** A store of the process is away until the other fault of a pair has ended: the process is started again and again, as by a supervisor. */
const BACK_WITHIN_MS = 90_000
const AGAIN_AFTER_MS = 500

/** Returns when the cause of the fault is gone; what follows is the shop's to mend. */
type Heal = () => Promise<unknown>

async function startAgain(what: string, start: () => Promise<void>, stop: () => Promise<unknown>): Promise<void> {
  const started = async () => {
    try {
      await start()
      return true
    } catch (error) {
      await stop()
      await wait(AGAIN_AFTER_MS)
      throw error
    }
  }
  await until(`${what} is back`, started, BACK_WITHIN_MS)
}

async function processFault(kind: 'kill' | 'restart' | 'pause', fleet: Fleet, name: ProcessName): Promise<Heal> {
  const one = fleet.process(name)
  if (kind === 'pause') {
    one.pause()
    return async () => one.resume()
  }
  await one.stop(kind === 'kill' ? 'SIGKILL' : 'SIGTERM')
  return () =>
    startAgain(
      name,
      () => one.start(),
      () => one.stop('SIGKILL'),
    )
}

/** @param files in the place of those that it has, where it is to come back with others */
async function redisRestart(redis: RedisServer, signal: 'SIGTERM' | 'SIGKILL', files?: string): Promise<Heal> {
  await redis.stop(signal)
  if (files !== undefined) redis.restoreFiles(files)
  return () => redis.start()
}

async function refused(redis: RedisServer, code: RefusalCode): Promise<Heal> {
  const { begin, end } = refusal(redis.admin, code)
  await begin()
  return end
}

const postgresAnswers = ({ postgres }: Fleet): Promise<void> =>
  startAgain(
    'Postgres',
    () => postgres.start(),
    async () => undefined,
  )

async function postgresRestart(fleet: Fleet, signal: 'SIGINT' | 'SIGQUIT'): Promise<Heal> {
  await fleet.postgres.stop(signal)
  return () => postgresAnswers(fleet)
}

async function diskFull(disk: SmallDisk, answers: () => Promise<unknown>): Promise<Heal> {
  await disk.fill()
  return async () => {
    disk.free()
    await answers()
  }
}

/** Tries again each second to write what it could not. */
const redisWrites = ({ redis: { admin } }: Fleet): Promise<unknown> =>
  until('Redis writes to its disk', async () => /aof_last_write_status:ok/.test(await admin.info('persistence')))

function clockMoved(fleet: Fleet, name: ClockName, hours: number): Heal {
  const clock = fleet.clock(name)
  clock.shift(hours * HOUR_S)
  return async () => clock.shift(0)
}

/** Each is ready before the next one gets its signal. */
async function deploy(fleet: Fleet): Promise<Heal> {
  for (const name of WEB) {
    const heal = await processFault('restart', fleet, name)
    await heal()
  }
  return async () => undefined
}

async function begin(fault: Fault, fleet: Fleet): Promise<Heal> {
  const { redis } = fleet
  switch (fault.kind) {
    case 'kill':
    case 'restart':
    case 'pause':
      return processFault(fault.kind, fleet, fault.target)
    case 'deploy':
      return deploy(fleet)
    case 'clock-ahead':
      return clockMoved(fleet, fault.target, 1)
    case 'clock-behind':
      return clockMoved(fleet, fault.target, -1)
    case 'redis-restart':
      return redisRestart(redis, 'SIGTERM')
    case 'redis-kill':
      return redisRestart(redis, 'SIGKILL')
    case 'redis-empty':
      return redisRestart(redis, 'SIGKILL', fleet.emptyRedis)
    case 'redis-old-file': {
      const copy = await redis.copyFiles()
      await wait(FILE_AGES_MS) // edits that the file lacks
      return redisRestart(redis, 'SIGKILL', copy)
    }
    case 'redis-frozen':
      redis.pause()
      return async () => redis.resume()
    case 'redis-full':
      return refused(redis, 'OOM')
    case 'redis-demoted':
      return refused(redis, 'READONLY')
    case 'redis-without-replicas':
      return refused(redis, 'NOREPLICAS')
    case 'redis-without-disk':
      return refused(redis, 'MISCONF')
    case 'redis-disk-full':
      return diskFull(redis.disk, () => redisWrites(fleet))
    case 'postgres-frozen':
      await fleet.postgres.pause()
      return () => fleet.postgres.resume()
    case 'postgres-disk-full':
      return diskFull(fleet.postgres.disk, () => postgresAnswers(fleet))
    case 'postgres-promoted': {
      const switchOver = await fleet.postgres.promote()
      return async () => switchOver()
    }
    case 'postgres-restart':
      return postgresRestart(fleet, 'SIGINT')
    case 'postgres-crash':
      return postgresRestart(fleet, 'SIGQUIT')
    default: {
      const link = fleet.link(fault.target)
      if (fault.kind === 'cut') await link.cut()
      else if (fault.kind === 'silent') link.freeze()
      else if (fault.kind === 'one-way') link.freezeAnswers()
      else link.delay(fault.lateMs)
      return () => link.heal()
    }
  }
}

/** Returns when the faults of the round have begun and ended. @throws when what was stopped does not come back */
export async function inject(round: Round, fleet: Fleet): Promise<void> {
  await Promise.all(
    round.map(async (fault) => {
      await wait(fault.afterMs)
      const heal = await begin(fault, fleet)
      await wait(fault.lastsMs)
      await heal()
    }),
  )
}
