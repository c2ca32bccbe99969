/** Web instances of a shop: ours as `server.ts`, the others as `next start`. Each has a build folder of its own, as on machines of their own. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { root } from '../../tools/run/environment.ts'
import { bindPort } from '../../tools/run/sharedPort.ts'
import { WEB_MEMORY } from '../../tools/run/webMemory.ts'
import { liveHeap } from './liveHeap.ts'
import { pinned } from './pinned.ts'
import { shopEnvironment, type Shop } from './shop.ts'
import type { BenchStores } from './stores.ts'

const READY_WITHIN_MS = 60_000
/** Instances count up from here, on 127.0.0.1 only in what calls them. */
export const PORT_BASE = Number(process.env['BENCH_PORT_BASE'] ?? 4810)
/** Loaded before each server. */
export const BENCH_CHILD = path.join(import.meta.dirname, 'benchChild.ts')

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export interface InstanceOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** Modules loaded before the server: tests of what one part costs. */
  readonly preload?: readonly string[]
  /** As `taskset -c` wants it. */
  readonly cores?: string
  /** The port of the first instance; the others count up from it. */
  readonly portBase?: number
}

export interface WebInstance {
  readonly url: string
  readonly pid: number
  /** As `liveHeap` counts. */
  heapBytes(): Promise<number>
  stop(): Promise<void>
}

function program(shop: Shop): string[] {
  return shop.subject === ours
    ? [...WEB_MEMORY.flags, 'server.ts']
    : [path.join(root, 'node_modules/next/dist/bin/next'), 'start']
}

export function runningFolder(index: number, portBase = PORT_BASE): string {
  return path.join(root, '.data/bench/running', String(portBase + index))
}

function freshFolder(shop: Shop, index: number, portBase: number): string {
  const folder = runningFolder(index, portBase)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(path.dirname(folder), { recursive: true })
  const left = ['node_modules', '.next/cache'].map((name) => path.join(shop.folder, name))
  cpSync(shop.folder, folder, { recursive: true, filter: (file) => !left.includes(file) })
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  return folder
}

async function ready(url: string, child: ChildProcess, log: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS
  for (;;) {
    const answer = await fetch(`${url}/api/prices?ids=1`).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) return
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`an instance did not start:\n${readFileSync(log, 'utf8').slice(-2_000)}`)
    await wait(50)
  }
}

/** Waits until an instance of ours has loaded the search index, which it begins at its start: pages have less of a core until then. */
export async function waitForSearch(url: string): Promise<void> {
  while (!(await fetch(`${url}/api/search/suggest?q=a&locale=en`)).ok) await wait(1_000)
}

/** @param index counts up from 0: its port */
export async function startInstance(
  shop: Shop,
  index: number,
  stores: Pick<BenchStores, 'databaseUrl' | 'redisUrl'>,
  options: InstanceOptions,
): Promise<WebInstance> {
  const { portBase = PORT_BASE } = options
  const folder = freshFolder(shop, index, portBase)
  const port = portBase + index
  const log = `${folder}.log`
  const out = openSync(log, 'w')
  const preload = [BENCH_CHILD, ...(options.preload ?? [])].flatMap((module) => ['--import', module])
  const shared = shop.subject === ours ? bindPort(port) : undefined
  const child = spawn(...pinned(options.cores, [process.execPath, ...preload, ...program(shop)]), {
    cwd: folder,
    env: {
      ...process.env,
      ...shopEnvironment(stores),
      ...(shop.subject === ours && WEB_MEMORY.environment),
      NODE_ENV: 'production',
      PORT: String(port),
      ...shared?.environment,
      ...options.environment,
    },
    stdio: ['ignore', out, out, ...(shared?.descriptors ?? []), 'ipc'],
  })
  const url = `http://127.0.0.1:${port}`
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  running.add(child)
  child.once('exit', () => {
    running.delete(child)
    shared?.close()
  })
  try {
    await ready(url, child, log)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, pid: child.pid ?? 0, heapBytes: () => liveHeap(child), stop }
}

export async function withInstances<T>(
  shop: Shop,
  count: number,
  stores: Pick<BenchStores, 'databaseUrl' | 'redisUrl'>,
  options: InstanceOptions,
  use: (instances: WebInstance[]) => Promise<T>,
): Promise<T> {
  const started = await Promise.allSettled(
    Array.from({ length: count }, (_, index) => startInstance(shop, index, stores, options)),
  )
  const instances = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  try {
    const failed = started.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
    return await use(instances)
  } finally {
    await Promise.all(instances.map(({ stop }) => stop()))
  }
}
