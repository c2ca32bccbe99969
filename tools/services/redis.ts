import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { SetupError } from '../progress.mjs'
import type { Child, ChildSpec } from '../run/child.ts'
import { systemEnvironment } from '../run/processEnvironment.ts'
import { aclOf, type RedisPurpose } from './redisUsers.ts'

const START_WITHIN_MS = 30_000

/**
 * The settings of each server. The index has an append-only file, and no snapshots beside it: after a sale one would begin at once, and
 * Redis answers nothing while it forks. Bodies are rendered again: they may go, and are saved when the server stops. LFU kept more of what
 * is read than LRU: docs/decisions/redis-roles.md.
 */
const SETTINGS: Readonly<Record<RedisPurpose, readonly string[]>> = {
  index: ['appendonly yes', 'save ""', 'maxmemory-policy noeviction'],
  bodies: ['save 3600 1', 'maxmemory 256mb', 'maxmemory-policy allkeys-lfu'],
}
const FOLDERS = { index: 'redis', bodies: 'redis-bodies' } as const
const TITLES = { index: 'Redis', bodies: 'The Redis of bodies' } as const

export interface RedisOptions {
  readonly purpose: RedisPurpose
  readonly program: string
  readonly dataFolder: string
  readonly port: number
  /** Whether a connection without a name and a password may do everything: for tests. */
  readonly isOpen?: boolean
}

/** Writes the configuration of the embedded server and says how to start it. */
export function redisSpec({ purpose, program, dataFolder, port, isOpen = false }: RedisOptions): ChildSpec {
  const name = FOLDERS[purpose]
  const folder = path.join(dataFolder, name)
  mkdirSync(folder, { recursive: true })
  const configuration = path.join(folder, 'redis.conf')
  const users = path.join(folder, 'users.acl')
  writeFileSync(users, aclOf(purpose, dataFolder, isOpen), { mode: 0o600 })
  const settings = [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir "${folder}"`,
    ...SETTINGS[purpose],
    'daemonize no',
    `aclfile "${users}"`,
  ]
  writeFileSync(configuration, `${settings.join('\n')}\n`)
  return {
    name,
    title: TITLES[purpose],
    program,
    args: [configuration],
    env: systemEnvironment(),
    cwd: folder,
    logFile: path.join(dataFolder, `logs/${name}.log`),
    stopSignal: 'SIGTERM', // saves, then stops
    stopWithinMs: 15_000,
  }
}

/** The address of an open one. */
export function redisUrl(port: number): string {
  return `redis://127.0.0.1:${port}/0`
}

/** Waits until it has loaded its data and answers. */
export async function redisReady(child: Child, url: string): Promise<void> {
  const deadline = Date.now() + START_WITHIN_MS
  for (;;) {
    if (child.howEnded !== undefined) throw new SetupError('Redis could not be started.', child.tail())
    const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 1_000 })
    redis.on('error', () => undefined) // the command below reports it
    try {
      await redis.connect()
      await redis.ping()
      return
    } catch (error) {
      if (Date.now() > deadline)
        throw new SetupError(
          `Redis did not start within ${START_WITHIN_MS / 1000} s.`,
          `${String(error)}\n${child.tail()}`,
        )
      await wait(50)
    } finally {
      redis.disconnect()
    }
  }
}
