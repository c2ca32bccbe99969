/** The shop that the steps of the demo need on a data folder and ports of its own. */
import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { SetupError } from '../progress.mjs'
import { ownerUrl } from '../run/catalog.ts'
import { root } from '../run/environment.ts'
import type { Ledger } from '../run/ledger.ts'
import { KeptPorts } from '../run/ports.ts'
import { startShop } from '../run/shop.ts'
import { startStores } from '../run/stores.ts'
import type { Supervisor } from '../run/supervisor.ts'
import { freshCatalog } from '../testing/catalog.ts'
import { isolatedEnvironment } from '../testing/environment.ts'

interface KilledWorker {
  /** Settles when another worker answers, with the milliseconds since the kill. */
  readonly back: Promise<number>
}

export interface DemoShop {
  /** The address for people. */
  readonly url: string
  readonly instances: readonly string[]
  readonly edge: string | undefined
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly account: { readonly email: string; readonly password: string }
  /** Redis keeps its connections and answers nothing. */
  pauseRedis(): void
  resumeRedis(): Promise<void>
  /** Ends the worker at once, as a crash does. */
  killWorker(): KilledWorker
}

export const demoFolder = path.join(root, '.data/demo')
const WEB_INSTANCES = 2
const BACK_WITHIN_MS = 60_000
const ASK_EVERY_MS = 20

const processes = z.array(z.object({ name: z.string(), pid: z.number() }))

/** @returns the process of this name that the supervisor has started last; undefined while there is none */
function pidOf(name: string): number | undefined {
  const all = processes.parse(JSON.parse(readFileSync(path.join(demoFolder, 'processes.json'), 'utf8')))
  return all.findLast((one) => one.name === name)?.pid
}

function requirePid(name: string): number {
  const pid = pidOf(name)
  if (pid === undefined) throw new SetupError(`The ${name} of the demo does not run; its log is in ${demoFolder}/logs.`)
  return pid
}

async function workerBack(old: number, readyUrl: string, signal: AbortSignal): Promise<number> {
  const killed = performance.now()
  while (performance.now() - killed < BACK_WITHIN_MS) {
    signal.throwIfAborted()
    const pid = pidOf('worker')
    const answer = pid === undefined || pid === old ? undefined : await fetch(readyUrl).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) return performance.now() - killed
    await wait(ASK_EVERY_MS)
  }
  throw new SetupError(`No worker was back after ${BACK_WITHIN_MS / 1_000} s; its log is in ${demoFolder}/logs.`)
}

/**
 * Starts two web instances, a worker and the edge, with a catalog of 300 products as the seed makes it.
 * The shop of `npm start` may run beside it.
 */
export async function startDemoShop(supervisor: Supervisor): Promise<DemoShop> {
  const { signal } = supervisor
  const ports = new KeptPorts(demoFolder)
  const environment = await startStores({
    // Only what fails is logged: the last lines of a killed process come to the terminal.
    environment: { ...isolatedEnvironment(), LOG_LEVEL: 'error' },
    dataFolder: demoFolder,
    durable: false,
    openRedis: true,
    ports,
    supervisor,
  })
  const catalog = await freshCatalog(environment, demoFolder, signal)
  const workerPort = await ports.choose('worker')
  const instancePorts: number[] = []
  for (let i = 1; i <= WEB_INSTANCES; i++) instancePorts.push(await ports.choose(`web-${i}`))
  const shop = await startShop({
    environment,
    dataFolder: demoFolder,
    distDir: '.next-demo',
    port: await ports.choose('web'),
    instancePorts,
    workerPorts: [workerPort],
    edge: { kind: 'local', port: await ports.choose('edge') },
    catalog,
    supervisor,
  })
  const { REDIS_URL = '', ADMIN_EMAIL = '', ADMIN_PASSWORD = '' } = shop.environment

  let paused: number | undefined
  const resume = () => {
    if (paused !== undefined) process.kill(paused, 'SIGCONT')
    paused = undefined
  }
  // A paused Redis takes no SIGTERM.
  signal.addEventListener('abort', resume, { once: true })

  return {
    url: shop.url,
    instances: shop.instances,
    edge: shop.edge,
    databaseUrl: ownerUrl(shop.environment),
    redisUrl: REDIS_URL,
    account: { email: ADMIN_EMAIL, password: ADMIN_PASSWORD },
    pauseRedis() {
      paused = requirePid('redis')
      process.kill(paused, 'SIGSTOP')
    },
    async resumeRedis() {
      resume()
    },
    killWorker() {
      const pid = requirePid('worker')
      process.kill(pid, 'SIGKILL')
      return { back: workerBack(pid, `http://127.0.0.1:${workerPort}/ready`, signal) }
    },
  }
}

/** Takes the demo's folder. @throws {SetupError} when another demo runs on it */
export async function takeFolder(ledger: Ledger): Promise<void> {
  mkdirSync(demoFolder, { recursive: true })
  await ledger.takeOver()
}
