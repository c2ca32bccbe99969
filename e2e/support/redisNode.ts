/** A redis-server of a test's own: it is killed, stopped, frozen, and started again on the same port with the same data. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { redisProgram } from '../../tools/services/redisProgram.ts'
import { end } from './childProcess.ts'
import { freePort, isFree } from '../../tools/run/ports.ts'

const READY_WITHIN_MS = 20_000
/** The bus of a cluster listens on the port that is this much higher. */
const BUS = 10_000
/** Above it are those that Linux gives to outgoing connections. */
const HIGHEST_PORT = 32_767

export interface RedisNode {
  readonly port: number
  /** Mends itself; answers while the server does. */
  readonly client: Redis
  readonly folder: string
  /** Not ended and not frozen. */
  readonly alive: boolean
  /** Returns when it answers, or at once when it may still be loading. */
  start(options?: { readonly loading?: boolean }): Promise<void>
  /** SIGKILL loses what is not on disk; SIGTERM saves. Returns when it has ended. */
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
  /** Connections stay open, and nothing answers. */
  freeze(): void
  /** Goes on where it was frozen, starts where it was stopped. Returns when it answers. */
  revive(): Promise<void>
  close(): Promise<void>
}

async function freePortWithBus(): Promise<number> {
  for (;;) {
    const port = await freePort()
    if (port + BUS <= HIGHEST_PORT && (await isFree(port + BUS))) return port
  }
}

/** Waits until `look` says yes. @param what is waited for, for the message */
export async function until(what: string, look: () => Promise<boolean>, withinMs = READY_WITHIN_MS): Promise<void> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const seen = await look().catch(() => false)
    if (seen) return
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`)
    await wait(20)
  }
}

/** @param settings lines of its configuration, beside address and folder; for Sentinels the port is theirs too */
export async function redisNode(
  settings: readonly string[],
  kind: 'server' | 'sentinel' = 'server',
): Promise<RedisNode> {
  const program = await redisProgram(AbortSignal.timeout(60_000))
  const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-redis-'))
  const port = await freePortWithBus()
  const configuration = path.join(folder, 'redis.conf')
  writeFileSync(configuration, ['bind 127.0.0.1', `port ${port}`, `dir ${folder}`, ...settings, ''].join('\n'))
  const client = new Redis({
    port,
    retryStrategy: () => 20,
    maxRetriesPerRequest: 0,
    commandTimeout: 2_000,
    enableReadyCheck: false, // a server that is loading says so
  })
  client.on('error', () => undefined) // the command under way reports it
  let child: ChildProcess | undefined
  let frozen = false
  const ended = () => !child || child.exitCode !== null || child.signalCode !== null
  const node: RedisNode = {
    port,
    client,
    folder,
    get alive() {
      return !frozen && !ended()
    },
    async start({ loading = false } = {}) {
      child = spawn(program, [configuration, ...(kind === 'sentinel' ? ['--sentinel'] : [])], { stdio: 'ignore' })
      await once(child, 'spawn')
      if (!loading) await until(`Redis answers on ${port}`, async () => (await client.ping()) === 'PONG')
    },
    stop: (signal) => end(child, signal),
    freeze() {
      frozen = true
      child?.kill('SIGSTOP')
    },
    async revive() {
      if (ended()) return node.start()
      frozen = false
      child?.kill('SIGCONT')
      await until(`Redis answers on ${port}`, async () => (await client.ping()) === 'PONG')
    },
    async close() {
      client.disconnect()
      child?.kill('SIGCONT')
      await end(child, 'SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await node.start()
  return node
}
