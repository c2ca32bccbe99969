/** A worker process of a test's own, which only applies bulk edits, and dies when the test says so. */
import { type ChildProcess, spawn } from 'node:child_process'
import { answers, end } from '../support/childProcess.ts'
import { freePort } from '../../tools/run/ports.ts'

export interface BulkWorker {
  readonly process: ChildProcess
  /** At once, as a crash does. */
  kill(): Promise<void>
}

/** @returns when it says that it is ready */
export async function startBulkWorker(
  stores: { databaseUrl: string; redisUrl: string },
  roles = 'bulk',
  more: Readonly<Record<string, string>> = {},
): Promise<BulkWorker> {
  const port = await freePort()
  const secrets = {
    AUTH_SECRET: 'a secret of the tests, long enough',
    INTERNAL_SECRET: 'another secret of the tests, long enough',
    EDGE_SECRET: 'a third secret of the tests, long enough',
    ADMIN_PASSWORD: 'the password of the tests',
  }
  const env = {
    ...process.env,
    ...secrets,
    NODE_ENV: 'production' as const,
    LOG_LEVEL: 'fatal',
    DATABASE_URL: stores.databaseUrl,
    REPLICATION_DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    WORKER_PORT: String(port),
    ...more,
  }
  const child = spawn(process.execPath, ['workers/index.ts', `--roles=${roles}`], { env, stdio: 'inherit' })
  const kill = () => end(child, 'SIGKILL')
  try {
    await answers(`http://127.0.0.1:${port}/ready`, child)
  } catch (error) {
    await kill()
    throw error
  }
  return { process: child, kill }
}
