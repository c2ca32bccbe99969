/**
 * A shop of a test's own: a web instance and a worker as real processes, on the build that `npm test` made, with a
 * small catalog and a Redis database of their own, which they reach through proxies that break.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { test } from '@playwright/test'
import { faultProxy, type FaultProxy } from '#lib/coherence/testing/faultProxy.ts'
import { seededDatabase } from '#lib/platform/testing/catalog.ts'
import { answers, end } from './childProcess.ts'
import { Database } from './database.ts'
import { freePort } from '../../tools/run/ports.ts'
import { ownRedisDatabase } from './ownRedis.ts'

const PRODUCTS = 60

export interface IsolatedShop {
  readonly url: string
  /** Past the proxy. */
  readonly database: Database
  readonly redis: FaultProxy
  readonly postgres: FaultProxy
  /** Ends the worker at once, as a crash does. */
  killWorker(): Promise<void>
  /** With all roles, unless `--roles=` names some. */
  startWorker(...args: string[]): Promise<void>
  /** One more worker process with these roles. */
  startRoles(roles: string): Promise<ExtraProcess>
  /** One more web instance, for the same addresses as the first. */
  startWeb(more?: Readonly<Record<string, string>>): Promise<ExtraProcess>
  /** A prober that looks at the web instances of `webUrls`. */
  startProber(webUrls: readonly string[], more?: Readonly<Record<string, string>>): Promise<ExtraProcess>
  /** Ends the web instance and starts another on the same port, with an empty memory. */
  restartWeb(): Promise<void>
  /** Past the proxy. */
  readonly redisUrl: string
  /** The health address of the worker that `startWorker` starts. */
  readonly workerUrl: string
  /** Past the proxy. */
  readonly databaseUrl: string
  readonly processes: { readonly web: ChildProcess; readonly worker: ChildProcess | undefined }
  /** The log of all its processes so far. */
  log(): Promise<string>
  stop(): Promise<void>
}

export interface ExtraProcess {
  readonly child: ChildProcess
  readonly url: string
  stop(signal?: NodeJS.Signals): Promise<void>
}

function through(url: string, proxy: FaultProxy): string {
  const address = new URL(url)
  address.hostname = '127.0.0.1'
  address.port = String(proxy.port)
  return address.href
}

/** @param extra variables for both processes */
export async function startIsolatedShop(
  extra: Readonly<Record<string, string>> = {},
  { products = PRODUCTS } = {},
): Promise<IsolatedShop> {
  const catalog = await seededDatabase(products)
  const [redisAddress, postgresAddress] = [await ownRedisDatabase(), new URL(catalog.url)]
  const redis = await faultProxy({ host: redisAddress.hostname, port: Number(redisAddress.port || 6379) })
  const postgres = await faultProxy({ host: postgresAddress.hostname, port: Number(postgresAddress.port || 5432) })
  const [port, workerPort] = [await freePort(), await freePort()]
  const env = {
    ...process.env,
    NODE_ENV: 'production' as const,
    LOG_LEVEL: 'warn',
    DATABASE_URL: through(catalog.url, postgres),
    REPLICATION_DATABASE_URL: through(catalog.url, postgres),
    REDIS_URL: through(redisAddress.href, redis),
    PORT: String(port),
    WORKER_PORT: String(workerPort),
    PUBLIC_URL: `http://localhost:${port}`,
    WEB_URLS: `http://127.0.0.1:${port}`,
    // No load balancer has to notice that one of them ends.
    SHUTDOWN_DRAIN_MS: '0',
    ...extra,
  }
  const logFile = test.info().outputPath('own-shop.log')
  const log = createWriteStream(logFile)
  const run = (file: string, args: readonly string[] = [], more: Readonly<Record<string, string>> = {}) => {
    const child = spawn(process.execPath, [file, ...args], { env: { ...env, ...more } })
    for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false })
    return child
  }
  const database = new Database(catalog.url)
  let web = run('server.ts')
  const extras: ExtraProcess[] = []
  let worker: ChildProcess | undefined
  async function stop(): Promise<void> {
    await redis.heal()
    await postgres.heal()
    await Promise.all([end(web, 'SIGTERM'), end(worker, 'SIGTERM'), ...extras.map((extra) => extra.stop('SIGTERM'))])
    await redis.close()
    await postgres.close()
    await database.close()
    await catalog.drop()
  }
  try {
    await Promise.all([once(run('tools/first-admin.ts'), 'exit'), answers(`http://127.0.0.1:${port}/api/ready`, web)])
  } catch (error) {
    await stop()
    throw error
  }

  return {
    url: `http://127.0.0.1:${port}`,
    database,
    redis,
    postgres,
    killWorker: () => end(worker, 'SIGKILL'),
    redisUrl: redisAddress.href,
    databaseUrl: catalog.url,
    workerUrl: `http://127.0.0.1:${workerPort}`,
    get processes() {
      return { web, worker }
    },
    log: () => readFile(logFile, 'utf8'),
    async startWorker(...args) {
      worker = run('workers/index.ts', args)
      await answers(`http://127.0.0.1:${workerPort}/ready`, worker)
    },
    async startRoles(roles) {
      const own = await freePort()
      const child = run('workers/index.ts', [`--roles=${roles}`], { WORKER_PORT: String(own) })
      const extra = {
        child,
        url: `http://127.0.0.1:${own}`,
        stop: (signal: NodeJS.Signals = 'SIGKILL') => end(child, signal),
      }
      extras.push(extra)
      await answers(`${extra.url}/ready`, child)
      return extra
    },
    async startWeb(more = {}) {
      const own = await freePort()
      const child = run('server.ts', [], { PORT: String(own), ...more })
      const extra = {
        child,
        url: `http://127.0.0.1:${own}`,
        stop: (signal: NodeJS.Signals = 'SIGKILL') => end(child, signal),
      }
      extras.push(extra)
      await answers(`${extra.url}/api/ready`, child)
      return extra
    },
    async startProber(webUrls, more = {}) {
      const own = await freePort()
      const child = run('workers/prober.ts', [], { PROBER_PORT: String(own), WEB_URLS: webUrls.join(','), ...more })
      const extra = {
        child,
        url: `http://127.0.0.1:${own}`,
        stop: (signal: NodeJS.Signals = 'SIGTERM') => end(child, signal),
      }
      extras.push(extra)
      await answers(`${extra.url}/ready`, child)
      return extra
    },
    async restartWeb() {
      await end(web, 'SIGKILL')
      web = run('server.ts')
      await answers(`http://127.0.0.1:${port}/api/ready`, web)
    },
    stop,
  }
}
