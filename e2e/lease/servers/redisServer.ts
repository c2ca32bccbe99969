/** A Redis of a test's own: it stops and starts on the same port, gets old files put under it, and can have a clock of its own. */
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Redis } from 'ioredis'
import { Child, type ChildSpec } from '../../../tools/run/child.ts'
import { Ledger } from '../../../tools/run/ledger.ts'
import { redisReady, redisSpec, redisUrl } from '../../../tools/services/redis.ts'
import { redisProgram } from '../../../tools/services/redisProgram.ts'
import { freePort } from '../../../tools/run/ports.ts'
import { type SettableClock, settableClock } from './settableClock.ts'
import { type SmallDisk, smallDisk } from './smallDisk.ts'
import { until } from './until.ts'

export interface RedisServerOptions {
  /** Settings of redis.conf, over those of the server that the shop brings: `{ save: '' }`. */
  readonly settings?: Readonly<Record<string, string>>
  /** True for a wall clock that `clock` sets. */
  readonly ownClock?: boolean
  /** Of the disk that `disk` fills, where it is to have one. */
  readonly diskMegabytes?: number | undefined
}

export interface RedisServer {
  readonly url: string
  readonly address: { readonly host: string; readonly port: number }
  /** A connection for the test, which connects again by itself. */
  readonly admin: Redis
  /** @throws {Error} unless the server was started with `ownClock` */
  readonly clock: SettableClock
  /** @throws {Error} unless the server was started with `diskMegabytes` */
  readonly disk: SmallDisk
  /** The folder of its files. */
  readonly dataFolder: string
  /** Returns when it has loaded its data and answers. */
  start(): Promise<void>
  /** SIGTERM saves, SIGKILL is a crash. Returns when the process has ended. */
  stop(signal: NodeJS.Signals): Promise<void>
  /** It answers nothing and keeps its connections, until `resume`; then it does what it was sent. */
  pause(): void
  resume(): void
  /** Keeps what the server holds now. @returns the copy of its files, for `restoreFiles` */
  copyFiles(): Promise<string>
  /** Puts a copy in the place of the files of a server that is stopped. */
  restoreFiles(copy: string): void
  /** Ends it and removes its files. */
  close(): Promise<void>
}

/** Started, and answering. */
export async function redisServer({
  settings = {},
  ownClock = false,
  diskMegabytes,
}: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-redis-'))
  chmodSync(folder, 0o755)
  const [program, port] = [await redisProgram(AbortSignal.timeout(60_000)), await freePort()]
  const clock = ownClock ? await settableClock(folder) : undefined
  const dataFolder = path.join(folder, 'redis')
  const disk = diskMegabytes === undefined ? undefined : smallDisk(dataFolder, diskMegabytes)
  const shopSpec = redisSpec({ purpose: 'index', program, dataFolder: folder, port, isOpen: true })
  const spec: ChildSpec = {
    ...shopSpec,
    args: [...shopSpec.args, ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])],
    env: { ...shopSpec.env, ...clock?.environment },
  }
  const url = redisUrl(port)
  const ledger = new Ledger(folder)
  const admin = new Redis(url, { lazyConnect: true, retryStrategy: () => 50 })
  admin.on('error', () => undefined) // a test stops the server on purpose
  let child: Child | undefined
  let copies = 0

  async function start(): Promise<void> {
    child = new Child(spec, ledger)
    await redisReady(child, url)
  }
  function send(signal: NodeJS.Signals): void {
    if (child?.pid !== undefined && child.howEnded === undefined) process.kill(child.pid, signal)
  }
  await start()
  return {
    url,
    address: { host: '127.0.0.1', port },
    admin,
    dataFolder,
    get clock() {
      if (!clock) throw new Error('this Redis was started without ownClock')
      return clock
    },
    get disk() {
      if (!disk) throw new Error('this Redis was started without a disk of its own')
      return disk
    },
    start,
    async stop(signal) {
      send(signal)
      await child?.ended
    },
    pause: () => send('SIGSTOP'),
    resume: () => send('SIGCONT'),
    async copyFiles() {
      // While an earlier write is on its way to the disk, Redis confirms writes that no file has yet.
      await until('all is written', async () => /aof_buffer_length:0\r/.test(await admin.info('persistence')))
      const copy = path.join(folder, `copy-${++copies}`)
      cpSync(dataFolder, copy, { recursive: true })
      return copy
    },
    restoreFiles(copy) {
      if (child?.howEnded === undefined) throw new Error('stop Redis before its files are replaced')
      // Not the folder itself, which may be a disk of its own.
      for (const name of readdirSync(dataFolder)) rmSync(path.join(dataFolder, name), { recursive: true })
      cpSync(copy, dataFolder, { recursive: true })
    },
    async close() {
      admin.disconnect()
      child?.kill()
      await child?.ended
      disk?.remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
