/** Three web instances, two workers with all roles, Varnish and the prober, on a Postgres and a Redis of their own, each process with connections of its own to them. */
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { faultProxy, type FaultProxy } from '#lib/coherence/testing/faultProxy.ts'
import { applyMigrations } from '#lib/platform/migrations.ts'
import { seedCatalog } from '../../prisma/seed/seedCatalog.ts'
import { type RedisServer, redisServer } from '../lease/servers/redisServer.ts'
import { type SettableClock, settableClock } from '../lease/servers/settableClock.ts'
import { type ShopProcess, shopProcess } from '../lease/servers/shopProcess.ts'
import { freePort } from '../../tools/run/ports.ts'
import { type ClockName, LINKS, WEB, WORKERS, type LinkName, type ProcessName } from './draw.ts'
import { type ChaosPostgres, chaosPostgres } from './postgres.ts'

/** On several pages of a category, and few enough to be compared whole. */
const PRODUCTS = 60
/** Of the data of one store; a full one costs as much memory. */
const DISK_MEGABYTES = 512
/** From SIGTERM on a web instance takes requests for so long. */
const DRAIN_MS = '200'

/** They name stores of the process that starts the fleet. */
const NOT_INHERITED = [
  'INSTANCE_PORT',
  'LISTEN_FDS',
  'DATABASE_DIRECT_URL',
  'MIGRATION_DATABASE_URL',
  'REDIS_URL_WEB',
  'REDIS_URL_WORKER',
]

export interface Fleet {
  readonly web: readonly ShopProcess[]
  /** Its address. */
  readonly edge: string
  /** Past the proxies. */
  readonly databaseUrl: string
  readonly postgres: ChaosPostgres
  readonly redis: RedisServer
  /** The files of a Redis that has no data. */
  readonly emptyRedis: string
  process(name: ProcessName): ShopProcess
  clock(name: ClockName): SettableClock
  link(name: LinkName): FaultProxy
  close(): Promise<void>
}

function through(url: string, { port }: FaultProxy): string {
  const address = new URL(url)
  address.hostname = '127.0.0.1'
  address.port = String(port)
  return address.href
}

function found<K extends string, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key)
  if (value === undefined) throw new Error(`there is no ${key}`)
  return value
}

export interface FleetOptions {
  /** Of all processes. */
  readonly logFile: string
  /** True for stores whose disks can be full. */
  readonly hasDisks: boolean
  /** The address at which the shop purges its edge, in place of the edge itself. @param edge its address */
  readonly control?: (edge: string) => Promise<string>
}

/** The environment of all processes of the fleet, and of each. */
async function environments(
  stores: Readonly<Record<'postgres' | 'redis', string>>,
  control: FleetOptions['control'],
  links: ReadonlyMap<LinkName, FaultProxy>,
): Promise<(name: ProcessName) => NodeJS.ProcessEnv> {
  const names: readonly ProcessName[] = [...WEB, ...WORKERS, 'edge', 'prober']
  const ports = new Map<ProcessName, string>()
  for (const name of names) ports.set(name, String(await freePort()))
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_INHERITED.includes(name)))
  const shared = {
    ...inherited,
    NODE_ENV: 'production' as const,
    LOG_LEVEL: 'info',
    SHUTDOWN_DRAIN_MS: DRAIN_MS,
    EDGE: 'varnish',
    EDGE_PORT: found(ports, 'edge'),
    ...(control && { EDGE_CONTROL_URL: await control(`http://127.0.0.1:${found(ports, 'edge')}`) }),
    PUBLIC_URL: `http://localhost:${found(ports, 'web-1')}`,
    WEB_URLS: WEB.map((name) => `http://127.0.0.1:${found(ports, name)}`).join(','),
    PROBER_PORT: found(ports, 'prober'),
  }
  const storesOf = (redis: string, postgres: string) => ({
    DATABASE_URL: postgres,
    REDIS_URL: redis,
    CACHE_REDIS_URL: redis,
  })
  return (name) => {
    if (name === 'edge' || name === 'prober') return { ...shared, ...storesOf(stores.redis, stores.postgres) }
    const [redis, postgres] = [found(links, `${name}>redis`), found(links, `${name}>postgres`)]
    return {
      ...shared,
      ...storesOf(through(stores.redis, redis), through(stores.postgres, postgres)),
      [name.startsWith('web') ? 'PORT' : 'WORKER_PORT']: found(ports, name),
    }
  }
}

const FILES = {
  web: 'server.ts',
  worker: 'workers/index.ts',
  edge: 'edge/varnish/serve.ts',
  prober: 'workers/prober.ts',
}

/** Each has a folder of its own, for a file that the process maps. */
async function clocks(folder: string): Promise<ReadonlyMap<ProcessName, SettableClock>> {
  const each = [...WEB, ...WORKERS].map(async (name) => {
    const own = path.join(folder, name)
    mkdirSync(own)
    return [name, await settableClock(own)] as const
  })
  return new Map(await Promise.all(each))
}

/** Started; all processes say that they are ready. */
export async function startFleet({ logFile, hasDisks, control }: FleetOptions): Promise<Fleet> {
  const closing: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const one of closing.splice(0).toReversed()) await one()
  }
  try {
    const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-clocks-'))
    closing.push(async () => rmSync(folder, { recursive: true }))
    const postgres = await chaosPostgres({ diskMegabytes: hasDisks ? DISK_MEGABYTES : undefined })
    closing.push(() => postgres.close())
    const redis = await redisServer({ ownClock: true, diskMegabytes: hasDisks ? DISK_MEGABYTES : undefined })
    closing.push(() => redis.close())
    const clockOf = await clocks(folder)
    const emptyRedis = await redis.copyFiles()
    await applyMigrations(postgres.url)
    await seedCatalog({ databaseUrl: postgres.url, size: PRODUCTS })
    const links = new Map<LinkName, FaultProxy>()
    for (const name of LINKS) {
      const { hostname: host, port } = new URL(name.endsWith('redis') ? redis.url : postgres.url)
      const proxy = await faultProxy({ host, port: Number(port) })
      closing.push(() => proxy.close())
      links.set(name, proxy)
    }
    const environmentOf = await environments({ postgres: postgres.url, redis: redis.url }, control, links)
    const log = createWriteStream(logFile)
    log.setMaxListeners(0) // each process has two streams, each time that it starts
    const processes = new Map<ProcessName, ShopProcess>()
    const add = (name: ProcessName, kind: keyof typeof FILES, portName: string) => {
      const environment = { ...environmentOf(name), ...clockOf.get(name)?.environment }
      const [readyPath, metricsPath] =
        kind === 'web' || kind === 'edge'
          ? [kind === 'web' ? '/api/ready' : '/api/health', '/api/metrics']
          : ['/ready', '/metrics']
      const url = `http://127.0.0.1:${environment[portName]}`
      const hasChildren = kind === 'edge'
      const one = shopProcess({ url, file: FILES[kind], environment, readyPath, metricsPath, log, hasChildren })
      closing.push(() => one.stop('SIGKILL'))
      processes.set(name, one)
    }
    for (const name of WEB) add(name, 'web', 'PORT')
    for (const name of WORKERS) add(name, 'worker', 'WORKER_PORT')
    add('edge', 'edge', 'EDGE_PORT')
    add('prober', 'prober', 'PROBER_PORT')
    await once(spawn(process.execPath, ['tools/first-admin.ts'], { env: environmentOf('worker-1') }), 'exit')
    const processOf = (name: ProcessName) => found(processes, name)
    // One after the other: all at once they are late on a machine that is busy.
    for (const one of processes.values()) await one.start()
    return {
      web: WEB.map(processOf),
      edge: processOf('edge').url,
      databaseUrl: postgres.url,
      postgres,
      redis,
      emptyRedis,
      process: processOf,
      clock: (name) => (name === 'redis' ? redis.clock : found(clockOf, name)),
      link: (name) => found(links, name),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
