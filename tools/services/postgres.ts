import { existsSync, statfsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'
import { SetupError } from '../progress.mjs'
import { makeApplicationRole } from '../run/applicationRole.ts'
import type { Child, ChildSpec } from '../run/child.ts'
import { systemEnvironment } from '../run/processEnvironment.ts'
import { USER, type Cluster } from './postgresCluster.ts'
import { explainPostgres } from './postgresFailures.ts'

const DATABASE = 'evergreen'
const START_WITHIN_MS = 60_000
/** Below this, parallel queries run out of it: Docker gives a container 64 MiB. */
const SHARED_MEMORY_MIN_BYTES = 256 * 1024 * 1024

export interface PostgresOptions {
  readonly dataFolder: string
  readonly port: number
  /** False for data that may be lost with the machine: tests. */
  readonly durable: boolean
  /** Settings of Postgres beside ours. */
  readonly settings?: Readonly<Record<string, string>>
}

export function postgresSpec(
  cluster: Cluster,
  { dataFolder, port, durable, settings: others }: PostgresOptions,
): ChildSpec {
  const hasEnoughSharedMemory = existsSync('/dev/shm') && sharedMemoryBytes() >= SHARED_MEMORY_MIN_BYTES
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    wal_level: 'logical',
    // A slot that no process reads must not fill the disk: Postgres gives it up, and the outbox is followed.
    max_slot_wal_keep_size: '4GB',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Files in place of a shared memory that is too small, or of which macOS has none.
    dynamic_shared_memory_type: hasEnoughSharedMemory ? 'posix' : 'mmap',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
    ...others,
  }
  return {
    name: 'postgres',
    title: 'Postgres',
    program: path.join(cluster.programs, 'bin/postgres'),
    args: [
      '-D',
      path.join(cluster.folder, 'cluster'),
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    env: { ...systemEnvironment(), LC_ALL: 'C' },
    cwd: '/',
    logFile: path.join(dataFolder, 'logs/postgres.log'),
    stopSignal: 'SIGINT', // "fast": disconnect everybody, write a checkpoint, stop
    stopWithinMs: 30_000,
    user: cluster.account,
  }
}

function sharedMemoryBytes(): number {
  const { bavail, bsize } = statfsSync('/dev/shm')
  return bavail * bsize
}

export function postgresUrl(cluster: Cluster, port: number): string {
  return `postgresql://${USER}:${cluster.password}@127.0.0.1:${port}/${DATABASE}`
}

/** Waits until it takes connections, and makes the database and the role of the application. @param url of the owner */
export async function postgresReady(child: Child, url: string, dataFolder: string): Promise<void> {
  const maintenance = new URL(url)
  maintenance.pathname = '/postgres'
  const deadline = Date.now() + START_WITHIN_MS
  for (;;) {
    if (child.howEnded !== undefined) throw explainPostgres(child.tail(), dataFolder)
    const client = new Client({ connectionString: maintenance.href, connectionTimeoutMillis: 2_000 })
    try {
      await client.connect()
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE])
      if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
      await makeApplicationRole(client, url)
      return
    } catch (error) {
      // Starting, or recovering after it was killed: it says so until it is through.
      if (Date.now() > deadline)
        throw new SetupError(
          `Postgres did not start within ${START_WITHIN_MS / 1000} s.`,
          `${String(error)}\n${child.tail()}`,
        )
      await wait(50)
    } finally {
      await client.end().catch(() => undefined) // it never connected
    }
  }
}
