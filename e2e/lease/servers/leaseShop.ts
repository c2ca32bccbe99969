/** A shop of two web instances and a worker, as real processes on the build that `npm test` made, on stores that the test owns. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { spawn } from 'node:child_process'
import { test } from '@playwright/test'
import { z } from 'zod'
import { signIn } from '../../coherence/writers.ts'
import { anySize } from '../../support/confirmations.ts'
import { environment } from '../../support/environment.ts'
import { freePort } from '../../../tools/run/ports.ts'
import { type ShopProcess, shopProcess } from './shopProcess.ts'
import { until } from './until.ts'

const EDIT_TIMEOUT_MS = 15_000

export interface LeaseShopOptions {
  /** With a catalog in it: see `seededDatabase`, `seedStore`. */
  readonly databaseUrl: string
  readonly redisUrl: string
  /** The roles of the worker: all, unless some are named. */
  readonly roles?: string
  /** More variables, for all processes. */
  readonly variables?: Readonly<Record<string, string>>
  /** Over these, for the first web instance. */
  readonly firstVariables?: Readonly<Record<string, string>>
  /** The folder of their logs; by default beside the results of the test. */
  readonly logFile?: string
}

export interface Edited {
  readonly productId: number
  readonly version: number
  readonly amountCents: number
  readonly state: 'live' | 'propagating'
  /** By `performance.now()`. */
  readonly start: number
  readonly end: number
}

export interface LeaseShop {
  readonly web: readonly [ShopProcess, ShopProcess]
  readonly worker: ShopProcess
  /** One edit through the admin API of `instance`, to an amount that no other edit of this run has. */
  edit(instance: ShopProcess, productId: number): Promise<Edited>
  /** One after the other until one is live. */
  liveEdit(instance: ShopProcess, productId: number): Promise<Edited>
  close(): Promise<void>
}

const outcome = z.object({
  state: z.enum(['live', 'propagating']),
  results: z.tuple([z.object({ productId: z.int(), status: z.string(), version: z.int(), amountCents: z.int() })]),
})

let amount = 1_000_000
/** An amount in minor units that is used once. */
export function newAmount(): number {
  return amount++
}

/** Started; all processes say that they are ready. */
export async function leaseShop({
  databaseUrl,
  redisUrl,
  roles,
  variables,
  firstVariables,
  logFile = test.info().outputPath('lease-shop.log'),
}: LeaseShopOptions): Promise<LeaseShop> {
  const [first, second, workerPort] = [await freePort(), await freePort(), await freePort()]
  const ports = [first, second]
  const log = createWriteStream(logFile)
  const { INSTANCE_PORT: _port, LISTEN_FDS: _sockets, ...inherited } = process.env
  const shared = {
    ...inherited,
    NODE_ENV: 'production' as const,
    LOG_LEVEL: 'info',
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    CACHE_REDIS_URL: redisUrl,
    WORKER_PORT: String(workerPort),
    PUBLIC_URL: `http://localhost:${first}`,
    WEB_URLS: ports.map((port) => `http://127.0.0.1:${port}`).join(','),
    ...variables,
  }
  const web = (port: number, own: Readonly<Record<string, string>> = {}) =>
    shopProcess({
      url: `http://127.0.0.1:${port}`,
      file: 'server.ts',
      environment: { ...shared, PORT: String(port), ...own },
      readyPath: '/api/ready',
      metricsPath: '/api/metrics',
      log,
    })
  const instances = [web(first, firstVariables), web(second)] as const
  const worker = shopProcess({
    url: `http://127.0.0.1:${workerPort}`,
    file: 'workers/index.ts',
    args: roles === undefined ? [] : [`--roles=${roles}`],
    environment: shared,
    readyPath: '/ready',
    metricsPath: '/metrics',
    log,
  })
  const all = [...instances, worker]
  const close = async () => {
    await Promise.all(all.map((one) => one.stop('SIGKILL')))
    log.end()
  }
  try {
    const admin = once(spawn(process.execPath, ['tools/first-admin.ts'], { env: shared }), 'exit')
    await Promise.all([admin, ...all.map((one) => one.start())])
    const cookie = await signIn(instances[0].url, environment.ADMIN_EMAIL, environment.ADMIN_PASSWORD)
    const editOnce = (instance: ShopProcess, productId: number) => edit(instance.url, cookie, productId)
    return {
      web: instances,
      worker,
      close,
      edit: editOnce,
      async liveEdit(instance, productId) {
        let edited = await editOnce(instance, productId)
        await until('an edit is live', async () => {
          if (edited.state !== 'live') edited = await editOnce(instance, productId)
          return edited.state === 'live'
        })
        return edited
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function edit(origin: string, cookie: string, productId: number): Promise<Edited> {
  const start = performance.now()
  const response = await fetch(`${origin}/api/admin/prices`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify({
      changes: [{ productId, amountCents: newAmount(), compareAtCents: null }],
      reason: 'A test of the index lease',
      confirmations: anySize(1),
    }),
    signal: AbortSignal.timeout(EDIT_TIMEOUT_MS),
  })
  const end = performance.now()
  const text = await response.text()
  if (!response.ok) throw new Error(`the edit of product ${productId} was refused with ${response.status}: ${text}`)
  const {
    state,
    results: [result],
  } = outcome.parse(JSON.parse(text))
  if (result.status !== 'changed') throw new Error(`product ${productId} was to be changed and is "${result.status}"`)
  return { productId, version: result.version, amountCents: result.amountCents, state, start, end }
}
