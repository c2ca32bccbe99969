/** One web instance of three is frozen: there, holding its connections, and silent. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { SECRETS } from '#lib/platform/secrets.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { readEnvironment, root } from '../../tools/run/environment.ts'
import { identityOf } from '../../tools/run/identity.ts'
import { Ledger } from '../../tools/run/ledger.ts'
import { startProcesses, type Shop } from '../../tools/run/shop.ts'
import { Supervisor } from '../../tools/run/supervisor.ts'
import { freePort } from '../../tools/run/ports.ts'
import { ownRedisDatabase } from '../support/ownRedis.ts'
import { expect, test } from '../support/test.ts'

/** Milliseconds, beyond the slowest of the same answers at rest. */
const SHARED_PORT_BOUND = 2_000
const EDGE_BOUND = 3_000
/** The id of the account that is there on every system. */
const NOBODY_UID = 65_534
/** Undefined where this process cannot start others as it, or it cannot read the shop. */
const runAs = process.getuid?.() === 0 && mayRead(root) ? 'nobody' : undefined

/** Whether an account that owns nothing can enter the folder and all above it. */
function mayRead(folder: string): boolean {
  const isOpen = (statSync(folder).mode & 0o005) === 0o005
  return isOpen && (folder === path.dirname(folder) || mayRead(path.dirname(folder)))
}

for (const kind of ['local', 'varnish'] as const) {
  test.describe(`behind the ${kind} edge`, () => {
    let folder: string
    let database: SeededDatabase
    let supervisor: Supervisor
    let shop: Shop
    const gaveUp: string[] = []

    test.beforeAll(async () => {
      test.setTimeout(120_000)
      folder = mkdtempSync(path.join(tmpdir(), 'evergreen-fleet-'))
      database = await seededDatabase(60)
      const redisUrl = await ownRedisDatabase()
      const ledger = new Ledger(folder)
      await ledger.takeOver()
      supervisor = new Supervisor(ledger, (sentence) => gaveUp.push(sentence))
      const { PUBLIC_URL: _ofTheSession, ...shared } = readEnvironment()
      shop = await startProcesses({
        environment: {
          ...shared,
          DATABASE_URL: database.url,
          REDIS_URL: redisUrl.href,
          CACHE_REDIS_URL: redisUrl.href,
          LOG_LEVEL: 'warn',
          ...(runAs && { RUN_AS: runAs }),
        },
        dataFolder: folder,
        distDir: process.env['NEXT_DIST_DIR'] ?? '.next-test',
        port: await freePort(),
        instancePorts: [await freePort(), await freePort(), await freePort()],
        workerPorts: [await freePort()],
        edge: { kind, port: await freePort() },
        catalog: '',
        supervisor,
      })
    })
    test.afterAll(async () => {
      await supervisor.stop()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    })

    test('gives each process the secrets that it needs, and none of the others', () => {
      const held = pidsOf(folder).map(({ name, pid }) => {
        const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
          .split('\0')
          .map((line) => line.split('=')[0] ?? '')
        return [name, names.filter((given) => given in SECRETS).toSorted()]
      })
      const most = ['AUTH_SECRET', 'CACHE_REDIS_URL', 'DATABASE_URL', 'EDGE_SECRET', 'INTERNAL_SECRET', 'REDIS_URL']
      expect(Object.fromEntries(held)).toEqual({
        'web-1': most,
        'web-2': most,
        'web-3': most,
        worker: most,
        edge: ['EDGE_SECRET'],
      })
    })

    test('runs no process as root where an account without rights can read the shop', () => {
      const uids = pidsOf(folder).map(
        ({ pid }) => /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1],
      )
      expect(uids).toHaveLength(5)
      expect(uids).toEqual(uids.map(() => String(runAs === undefined ? process.getuid?.() : NOBODY_UID)))
    })

    test('answers every request on a new connection, and every GET through the edge, and replaces the instance', async () => {
      test.setTimeout(120_000)
      const [, frozenUrl = ''] = shop.instances
      const frozen = await pidOf(frozenUrl)
      const identity = identityOf(frozen)
      const rows = (await database.db.product.findMany({ select: { slug: true }, take: 40 })).map(({ slug }) => slug)
      const pages = rows.map((slug) => `/en/products/${slug}`)
      const live = Array.from({ length: 40 }, (_, i) => `/api/prices?ids=${i + 1}`)
      const health = () => timed(`${shop.url}/api/health`)
      const throughEdge = (i: number) => timed(`${shop.edge}${[...pages, ...live][i]}`)
      // Warm connections: what an edge keeps open to the instance is part of the fault.
      const atRest = { direct: await inTurn(4, 20, health), edge: await inTurn(6, 12, throughEdge) }
      process.kill(frozen, 'SIGSTOP')
      try {
        const direct = await inTurn(4, 60, health)
        const edge = await inTurn(6, 80, throughEdge)
        test
          .info()
          .annotations.push({ type: 'measured', description: `shared port ${summary(direct)}; edge ${summary(edge)}` })
        expectAnswers(direct, SHARED_PORT_BOUND + slowest(atRest.direct))
        expectAnswers(edge, EDGE_BOUND + slowest(atRest.edge))
        await expect.poll(() => pidOf(frozenUrl).catch(() => frozen), { timeout: 40_000 }).not.toBe(frozen)
        expect(gaveUp).toEqual([])
      } finally {
        if (identityOf(frozen) === identity) process.kill(frozen, 'SIGCONT')
      }
    })
  })
}

/** The processes that the supervisor has started. */
function pidsOf(folder: string): { readonly name: string; readonly pid: number }[] {
  const text = readFileSync(path.join(folder, 'processes.json'), 'utf8')
  return z
    .array(z.object({ name: z.string(), pid: z.number() }))
    .parse(JSON.parse(text))
    .filter(({ name }) => name !== 'supervisor')
}

interface Timed {
  readonly url: string
  /** 0: no answer. */
  readonly status: number
  readonly ms: number
  /** In place of a page. */
  readonly refusal: string
}

const slowest = (answers: readonly Timed[]) => Math.max(...answers.map(({ ms }) => ms))

function expectAnswers(answers: readonly Timed[], withinMs: number): void {
  expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  expect(answers.filter(({ ms }) => ms >= withinMs)).toEqual([])
}

/** On a connection of its own. */
function timed(url: string): Promise<Timed> {
  const started = performance.now()
  return new Promise((resolve) => {
    const done = (status: number, refusal = '') =>
      resolve({ url, status, ms: performance.now() - started, refusal: status === 200 ? '' : refusal })
    const asked = request(url, { agent: false, timeout: 20_000 }, (answer) => {
      let body = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      answer.on('end', () => done(answer.statusCode ?? 0, `${JSON.stringify(answer.headers)} ${body.slice(0, 400)}`))
      answer.on('error', (error) => done(0, String(error)))
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.on('error', (error) => done(0, String(error)))
    asked.end()
  })
}

async function inTurn<T>(atOnce: number, count: number, ask: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) results.push(await ask(next++))
    }),
  )
  return results
}

function summary(answers: readonly Timed[]): string {
  const times = answers.map(({ ms }) => ms).toSorted((a, b) => a - b)
  const failed = answers.filter(({ status }) => status !== 200).length
  return `${answers.length} answers, ${failed} not 200, median ${Math.round(times[times.length >> 1] ?? 0)} ms, longest ${Math.round(times.at(-1) ?? 0)} ms, ${times.filter((ms) => ms > 2_000).length} over 2 s`
}

async function pidOf(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/health`, {
    signal: AbortSignal.timeout(1_000),
    headers: { connection: 'close' },
  })
  return z.object({ pid: z.number() }).parse(await answer.json()).pid
}
