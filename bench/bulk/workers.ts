/** Worker processes of a benchmark, by their roles, and how much memory one holds. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { root } from '../../tools/run/environment.ts'
import { BENCH_CHILD } from '../lib/instances.ts'
import { liveHeap } from '../lib/liveHeap.ts'
import { shopEnvironment } from '../lib/shop.ts'
import type { BenchStores } from '../lib/stores.ts'
import { residentBytes } from '../serve/processes.ts'

const READY_WITHIN_MS = 60_000
const SAMPLE_MS = 100

export interface BenchWorker {
  readonly pid: number
  /** As `liveHeap` counts. */
  heapBytes(): Promise<number>
  stop(): Promise<void>
}

/**
 * @param roles apart by commas; all of them where it is empty
 * @param webUrl the instance whose pages it reads back
 */
export async function startWorker(
  stores: Pick<BenchStores, 'databaseUrl' | 'redisUrl'>,
  roles: string,
  port: number,
  webUrl: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<BenchWorker> {
  const env = {
    ...process.env,
    ...shopEnvironment(stores),
    NODE_ENV: 'production' as const,
    WORKER_PORT: String(port),
    WEB_URLS: webUrl,
    ...environment,
  }
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', BENCH_CHILD, 'workers/index.ts', ...(roles === '' ? [] : [`--roles=${roles}`])],
    { cwd: root, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
  )
  process.once('exit', () => child.kill('SIGKILL'))
  const deadline = performance.now() + READY_WITHIN_MS
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) break
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`the worker for ${roles} did not start`)
    await wait(50)
  }
  return {
    pid: child.pid ?? 0,
    heapBytes: () => liveHeap(child),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

export interface MemoryWatch {
  /** Bytes in memory at the start, and the most since. */
  stop(): { start: number; most: number }
}

export function watchMemory(pid: number): MemoryWatch {
  const start = residentBytes(pid)
  let most = start
  const timer = setInterval(() => {
    most = Math.max(most, residentBytes(pid))
  }, SAMPLE_MS)
  return {
    stop() {
      clearInterval(timer)
      return { start, most }
    },
  }
}
