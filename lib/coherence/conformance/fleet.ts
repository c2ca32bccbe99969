/** Two instances of one handler, each in a process and behind a connection to Redis of its own. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { z } from 'zod'
import { faultProxy, type FaultProxy } from '../testing/faultProxy.ts'
import {
  dataRead,
  pageRead,
  reply,
  type DataRead,
  type FillEnd,
  type HandlerSource,
  type Operations,
  type PageKind,
  type PageRead,
} from './protocol.ts'

/** A handler, or a set of them, as its manual says to configure it. */
export interface Subject {
  readonly name: string
  readonly page: HandlerSource
  readonly data: HandlerSource
  readonly memoryBytes: number
  /** False for a handler that keeps everything in its process. */
  readonly usesRedis: boolean
  /** The environment of its process. */
  environment(stores: Stores): Record<string, string>
}

export interface Stores {
  readonly databaseUrl: string
  /** An empty database of this suite's own. */
  readonly redisUrl: string
  readonly rows: Rows
}

/** The versioned rows that the suite reads and changes, with ids from 1. In the SQL `$1` is the id. */
export interface Rows {
  /** Their resource kind. */
  readonly kind: string
  readonly selectVersion: string
  /** Makes a new version. */
  readonly change: string
}

const PROCESS = new URL('./process/handlerProcess.ts', import.meta.url)
/** Milliseconds. Next has no time-out around a handler: what takes longer hangs the visitor. */
const ANSWERS_WITHIN_MS = 5_000

export class Instance {
  readonly proxy: FaultProxy
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  #calls = 0
  #log = ''

  constructor(process: ChildProcess, proxy: FaultProxy) {
    this.#process = process
    this.proxy = proxy
    process.stdout?.on('data', () => undefined)
    process.stderr?.on('data', (chunk: Buffer) => (this.#log = (this.#log + chunk.toString()).slice(-2_000)))
    process.on('message', (raw) => {
      const { id, result, error } = reply.parse(raw)
      const call = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (error === undefined) call?.resolve(result)
      else call?.reject(new Error(error))
    })
    process.on('exit', () => {
      for (const call of this.#waiting.values()) call.reject(new Error(`the process ended: ${this.#log}`))
    })
  }

  async #call<K extends keyof Operations>(operation: K, ...args: Operations[K]): Promise<unknown> {
    const id = this.#calls++
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#waiting.set(id, { resolve, reject })
    const timer = setTimeout(
      () => reject(new Error(`${operation} did not answer within ${ANSWERS_WITHIN_MS} ms`)),
      ANSWERS_WITHIN_MS,
    )
    this.#process.send({ id, operation, args })
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(id)
    }
  }

  /** A visitor's request, in which Next reads the page cache and, after a miss, stores what it rendered. */
  async open(): Promise<number> {
    return z.number().parse(await this.#call('open'))
  }

  async get(request: number, key: string, kind: PageKind = 'APP_PAGE', softTags: string[] = []): Promise<PageRead> {
    return pageRead.parse(await this.#call('get', request, key, kind, softTags))
  }

  async set(
    request: number,
    key: string,
    value: unknown,
    options: Partial<Operations['set'][4]> = {},
    kind: PageKind = 'APP_PAGE',
  ): Promise<void> {
    await this.#call('set', request, key, kind, value, { revalidate: 3_600, expire: 86_400, ...options })
  }

  /** A visit that finds out what the cache has. */
  async read(key: string, kind: PageKind = 'APP_PAGE', softTags: string[] = []): Promise<PageRead> {
    return this.get(await this.open(), key, kind, softTags)
  }

  /** A visit that misses, renders and stores. */
  async fill(
    key: string,
    value: unknown,
    options: Partial<Operations['set'][4]> = {},
    kind: PageKind = 'APP_PAGE',
  ): Promise<void> {
    const request = await this.open()
    await this.get(request, key, kind)
    await this.set(request, key, value, options, kind)
  }

  /** `revalidateTag(tag, { expire: 0 })` by default. */
  async revalidate(tags: string[], durations: { expire?: number } | undefined = { expire: 0 }): Promise<void> {
    await this.#call('revalidate', tags, durations)
  }

  async dataRead(key: string, softTags: string[] = []): Promise<DataRead> {
    return dataRead.parse(await this.#call('dataGet', key, softTags))
  }

  /** A call of a `'use cache'` function that missed. @returns how to end it */
  async dataFill(key: string): Promise<(end: FillEnd) => Promise<void>> {
    await this.dataRead(key)
    const fill = z.number().parse(await this.#call('dataBegin', key))
    return async (end) => void (await this.#call('dataEnd', fill, end))
  }

  async close(): Promise<void> {
    const exited = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await exited
    await this.proxy.close()
  }
}

export interface Fleet {
  readonly a: Instance
  readonly b: Instance
  /** Past the proxies. */
  readonly redis: Redis
  readonly postgres: pg.Client
  readonly rows: Rows
  readonly usesRedis: boolean
  close(): Promise<void>
}

async function startInstance(subject: Subject, stores: Stores, distDir: string): Promise<Instance> {
  const url = new URL(stores.redisUrl)
  const proxy = await faultProxy({ host: url.hostname, port: Number(url.port || 6379) })
  url.hostname = '127.0.0.1'
  url.port = String(proxy.port)
  const setup = { page: subject.page, data: subject.data, distDir, memoryBytes: subject.memoryBytes }
  const process = fork(PROCESS, [JSON.stringify(setup)], {
    env: { NODE_ENV: 'production', NEXT_DIST_DIR: distDir, ...subject.environment({ ...stores, redisUrl: url.href }) },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
    silent: true,
  })
  const instance = new Instance(process, proxy)
  await Promise.race([
    once(process, 'message'),
    once(process, 'exit').then(() => Promise.reject(new Error(`an instance of ${subject.name} did not start`))),
  ])
  return instance
}

export async function startFleet(subject: Subject, stores: Stores): Promise<Fleet> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-contract-'))
  const [distA, distB] = ['a', 'b'].map((name) => path.join(folder, name, '.next'))
  if (!distA || !distB) throw new Error('no folder')
  for (const distDir of [distA, distB]) {
    mkdirSync(path.join(distDir, 'server'), { recursive: true })
    writeFileSync(path.join(distDir, 'BUILD_ID'), path.basename(folder))
    writeFileSync(
      path.join(distDir, 'prerender-manifest.json'),
      JSON.stringify({ version: 4, routes: {}, dynamicRoutes: {}, notFoundRoutes: [] }),
    )
  }
  const redis = new Redis(stores.redisUrl)
  await redis.flushdb()
  const postgres = new pg.Client(stores.databaseUrl)
  await postgres.connect()
  const [a, b] = await Promise.all([startInstance(subject, stores, distA), startInstance(subject, stores, distB)])
  return {
    a,
    b,
    redis,
    postgres,
    rows: stores.rows,
    usesRedis: subject.usesRedis,
    async close() {
      await Promise.all([a.close(), b.close(), postgres.end()])
      redis.disconnect()
      rmSync(folder, { recursive: true })
    },
  }
}
