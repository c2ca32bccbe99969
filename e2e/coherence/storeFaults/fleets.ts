/** Shops of two web instances and a worker, each on the stores that some faults need, with the faults that these can have. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { applyMigrations } from '#lib/platform/migrations.ts'
import { seededDatabase } from '#lib/platform/testing/catalog.ts'
import { seedCatalog } from '../../../prisma/seed/seedCatalog.ts'
import { type LeaseShop, leaseShop } from '../../lease/servers/leaseShop.ts'
import { postgresPair } from '../../lease/servers/postgresPair.ts'
import { redisPair } from '../../lease/servers/redisPair.ts'
import { redisServer } from '../../lease/servers/redisServer.ts'
import { refusal, type RefusalCode } from '../../lease/servers/refusals.ts'
import { settableClock } from '../../lease/servers/settableClock.ts'
import { redisCluster, redisSentinels, type Topology } from '../../support/redisTopology.ts'
import type { FaultName, FleetName } from './names.ts'

const PRODUCTS = 60
const HOUR_S = 3_600
/** Longer than the lease lives. */
const PAUSED_MS = 3_000
const FILE_AGES_MS = 3_000
/** Until the new primary of Postgres can be reached. */
const WITHOUT_POSTGRES_MS = 3_000

/** Something that happens to a store or a process while the shop is read and written. */
export interface Fault {
  /** Returns when the fault is there. */
  begin(): Promise<unknown>
  /** Returns when its cause is gone; what follows is the shop's to mend. */
  heal(): Promise<unknown>
  /** Milliseconds from one to the other. */
  readonly lastsMs: number
  /** Makes the servers whole again for the next fault. */
  restore?(): Promise<unknown>
}

export interface Fleet {
  readonly shop: LeaseShop
  readonly databaseUrl: string
  fault(name: FaultName): Fault
  close(): Promise<void>
}

interface Servers extends Omit<Fleet, 'shop' | 'fault'> {
  readonly redisUrl: string
  readonly firstVariables?: Readonly<Record<string, string>>
  faults(shop: LeaseShop): Partial<Record<FaultName, Fault>>
}

const REFUSALS = {
  oom: 'OOM',
  readonly: 'READONLY',
  noreplicas: 'NOREPLICAS',
  misconf: 'MISCONF',
} as const satisfies Partial<Record<FaultName, RefusalCode>>

const nothing = async (): Promise<void> => undefined

/** Each in turn, so that it meets the one that refreshes the lease, to which the duty may have moved. */
async function pauseInTurn({ web, worker }: LeaseShop): Promise<void> {
  for (const one of [worker, ...web]) {
    one.pause()
    await wait(PAUSED_MS).finally(() => one.resume())
  }
}

/** One Redis, and a clock of its own for it and for the first web instance. */
async function oneRedis(): Promise<Servers> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-clock-'))
  chmodSync(folder, 0o755)
  const [database, redis, clock] = await Promise.all([
    seededDatabase(PRODUCTS),
    redisServer({ ownClock: true }),
    settableClock(folder),
  ])
  const steps = (one: typeof clock): Fault => ({
    async begin() {
      one.shift(-HOUR_S)
      await wait(PAUSED_MS)
      one.shift(HOUR_S)
    },
    lastsMs: PAUSED_MS,
    heal: async () => one.shift(0),
  })
  const refused = (code: RefusalCode): Fault => {
    const { begin, end } = refusal(redis.admin, code)
    return { begin, heal: end, lastsMs: 5_000 }
  }
  return {
    databaseUrl: database.url,
    redisUrl: redis.url,
    firstVariables: clock.environment,
    faults: (shop) => ({
      oom: refused(REFUSALS.oom),
      readonly: refused(REFUSALS.readonly),
      noreplicas: refused(REFUSALS.noreplicas),
      misconf: refused(REFUSALS.misconf),
      'old-file': {
        async begin() {
          const copy = await redis.copyFiles()
          await wait(FILE_AGES_MS) // edits that the file lacks
          // Without pages in its memory an instance takes them from Redis, and does not notice that they are newer than the index.
          await Promise.all([shop.web[1].stop('SIGKILL'), redis.stop('SIGKILL')])
          redis.restoreFiles(copy)
        },
        lastsMs: 0,
        heal: () => Promise.all([redis.start(), shop.web[1].start()]),
      },
      'paused-process': { begin: () => pauseInTurn(shop), lastsMs: 0, heal: nothing },
      'redis-clock': steps(redis.clock),
      'process-clock': steps(clock),
    }),
    async close() {
      await Promise.all([redis.close(), database.drop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A primary that is cut off from the others and goes on taking writes; connections to it stay open. */
async function pairBehindProxy(): Promise<Servers> {
  const [database, redis] = await Promise.all([seededDatabase(PRODUCTS), redisPair()])
  return {
    databaseUrl: database.url,
    redisUrl: redis.url,
    faults: ({ web: [, second], worker }) => ({
      'isolated-primary': {
        async begin() {
          await redis.failOver('isolated')
          // These two connect to the new primary; the first instance is still with the old one.
          await Promise.all([second, worker].map((one) => one.stop('SIGKILL')))
          await Promise.all([second, worker].map((one) => one.start()))
        },
        lastsMs: 5_000,
        heal: () => redis.rejoin(),
      },
    }),
    async close() {
      await Promise.all([redis.close(), database.drop()])
    },
  }
}

async function topology(
  name: 'cluster-failover' | 'sentinel-failover',
  start: () => Promise<Topology>,
): Promise<Servers> {
  const [database, redis] = await Promise.all([seededDatabase(PRODUCTS), start()])
  return {
    databaseUrl: database.url,
    redisUrl: redis.url,
    faults: () => ({
      // The fault ends when the others have noticed the death and a replica is the primary.
      [name]: { begin: nothing, lastsMs: 0, heal: () => redis.killPrimary(), restore: () => redis.heal() },
    }),
    async close() {
      await Promise.all([redis.close(), database.drop()])
    },
  }
}

/** A standby that has everything, so that all invariants hold; commits that are lost have tests of their own. */
async function postgresAndStandby(): Promise<Servers> {
  const [postgres, redis] = await Promise.all([postgresPair(), redisServer()])
  await applyMigrations(postgres.url)
  await seedCatalog({ databaseUrl: postgres.url, size: PRODUCTS })
  return {
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    faults: () => ({
      'postgres-timeline': {
        begin: () => postgres.promoteWithoutLoss('LOCK TABLE prices IN EXCLUSIVE MODE'),
        lastsMs: WITHOUT_POSTGRES_MS,
        heal: async () => postgres.switchOver(),
      },
    }),
    async close() {
      await Promise.all([redis.close(), postgres.close()])
    },
  }
}

const SERVERS: Record<FleetName, () => Promise<Servers>> = {
  redis: oneRedis,
  pair: pairBehindProxy,
  cluster: () => topology('cluster-failover', redisCluster),
  sentinel: () => topology('sentinel-failover', redisSentinels),
  postgres: postgresAndStandby,
}

/** @param logFile of its processes @returns when all of them are ready */
export async function startFleet(name: FleetName, logFile: string): Promise<Fleet> {
  const { faults, close, databaseUrl, redisUrl, firstVariables } = await SERVERS[name]()
  try {
    const shop = await leaseShop({ databaseUrl, redisUrl, logFile, ...(firstVariables && { firstVariables }) })
    const those = faults(shop)
    return {
      shop,
      databaseUrl,
      fault(wanted) {
        const fault = those[wanted]
        if (!fault) throw new Error(`the servers "${name}" cannot have the fault "${wanted}"`)
        return fault
      },
      async close() {
        await shop.close()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}
