/** The proof that the kernel can be lifted out: another application, another table, another kind, nothing of the shop. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { checks } from '#lib/coherence/conformance/checks.ts'
import { connected, connectedFleet, Product } from '#lib/coherence/conformance/conformanceFixture.ts'
import type { Fleet, Stores, Subject } from '#lib/coherence/conformance/fleet.ts'
import { emptyDatabase, type TestDatabase } from '#lib/platform/testing/database.ts'
import { testRedis, type TestRedis } from '#lib/platform/testing/redis.ts'
import { z } from 'zod'
import { freePort } from '../../tools/run/ports.ts'

const here = import.meta.dirname
const root = path.join(here, '../..')
/** The first belong to the suite, one a check; the last ones to the built server. */
const ARTICLES = checks.length + 4
const [SEEN, EDITED, BY_HAND, LOST] = [ARTICLES, ARTICLES - 1, ARTICLES - 2, ARTICLES - 3]

let database: TestDatabase
let redis: TestRedis
let articles: pg.Client
let stores: Stores

beforeAll(async () => {
  ;[database, redis] = await Promise.all([emptyDatabase(), testRedis()])
  articles = new pg.Client({ connectionString: database.url })
  await articles.connect()
  for (const file of [path.join(root, 'lib/coherence/sql/versioned.sql'), path.join(here, 'schema.sql')])
    await articles.query(await readFile(file, 'utf8'))
  await articles.query(
    "INSERT INTO articles (id, title) SELECT n, 'Article ' || n FROM generate_series(1, $1::int) n",
    [ARTICLES],
  )
  const { host, port, db } = redis.direct.options
  stores = {
    databaseUrl: database.url,
    redisUrl: `redis://${host}:${port}/${db}`,
    rows: {
      kind: 'article',
      selectVersion: 'SELECT version FROM articles WHERE id = $1',
      change: "UPDATE articles SET title = title || '.' WHERE id = $1",
    },
  }
})
afterAll(async () => {
  await articles.end()
  await redis.close()
  await database.drop()
})

const dropin: Subject = {
  name: 'the drop-in',
  page: { module: new URL('pageCacheHandler.ts', import.meta.url).href },
  data: { module: new URL('dataCacheHandler.ts', import.meta.url).href },
  memoryBytes: 0,
  usesRedis: true,
  /** A short lease: the checks lose the index again and again. */
  environment: ({ databaseUrl, redisUrl }) => ({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, LEASE_MS: '500' }),
}

it('uses no room of the shop', async () => {
  const { stdout } = await promisify(execFile)('grep', [
    '-rhoE',
    "#lib/[^/']+",
    here,
    '--include=*.ts',
    '--include=*.tsx',
    '--exclude=*.test.ts',
    '--exclude-dir=.next',
  ])
  expect(new Set(stdout.trim().split('\n'))).toEqual(new Set(['#lib/coherence']))
})

describe('the conformance suite of cache handlers', () => {
  let shared: Fleet
  beforeAll(async () => {
    shared = await connectedFleet(dropin, stores)
  })
  afterAll(() => shared.close())

  it.each(checks)('$part: $title', async (check) => {
    const fleet = check.fault ? await connectedFleet(dropin, stores) : shared
    try {
      // A check before may have broken what all share.
      if (fleet === shared) for (const instance of [shared.a, shared.b]) await connected(shared, instance)
      await expect(check.run(fleet, new Product(fleet, 1 + checks.indexOf(check)))).resolves.toBeUndefined()
    } finally {
      if (check.fault) await fleet.close()
    }
  })
})

describe('its built server', () => {
  let server: ChildProcess
  let url: string

  beforeAll(async () => {
    await redis.direct.flushdb()
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    const env = {
      ...process.env,
      NODE_ENV: 'production' as const,
      DATABASE_URL: stores.databaseUrl,
      REDIS_URL: stores.redisUrl,
      PORT: String(port),
      NEXT_DIST_DIR: path.join(here, '.next'),
    }
    await promisify(execFile)(process.execPath, ['node_modules/next/dist/bin/next', 'build', here], { cwd: root, env })
    server = spawn(process.execPath, [path.join(here, 'server.ts')], { cwd: root, env, stdio: 'ignore' })
    await vi.waitUntil(async () => (await fetch(`${url}/articles/1`).catch(() => undefined))?.status === 200, 30_000)
  }, 240_000)
  afterAll(async () => {
    server.kill()
  })

  async function shown(id: number) {
    const response = await fetch(`${url}/articles/${id}`)
    const [, version, title] = /<h1 data-version="(\d+)">([^<]*)</.exec(await response.text()) ?? []
    return {
      title,
      version: Number(version),
      cache: response.headers.get('x-cache'),
      tags: response.headers.get('cache-tag'),
    }
  }

  it('answers from memory, and names what the page was made from', async () => {
    await shown(SEEN)
    expect(await shown(SEEN)).toEqual({
      title: `Article ${SEEN}`,
      version: 1,
      cache: 'HIT l1',
      tags: `article:${SEEN},article:${SEEN}@1`,
    })
  })

  it('shows an edit on the first request after it was acknowledged, a hundred times in a row', async () => {
    await shown(EDITED)
    for (let i = 0; i < 100; i++) {
      const answer = await fetch(`${url}/api/articles/${EDITED}`, { method: 'PUT', body: `Title ${i}` })
      const { version } = z.object({ version: z.number() }).parse(await answer.json())
      expect(await shown(EDITED)).toMatchObject({ title: `Title ${i}`, version })
    }
  })

  it('shows a write past the application soon, and keeps a page through a change that it does not show', async () => {
    await shown(BY_HAND)
    await articles.query("UPDATE articles SET title = 'By hand' WHERE id = $1", [BY_HAND])
    await vi.waitFor(async () => expect(await shown(BY_HAND)).toMatchObject({ title: 'By hand', version: 2 }), 2_000)
    await articles.query("UPDATE articles SET notes = 'for the author' WHERE id = $1", [BY_HAND])
    expect(await shown(BY_HAND)).toMatchObject({ version: 2, cache: 'HIT l1' })
  })

  it('shows nothing old after Redis lost everything', async () => {
    await shown(LOST)
    await redis.direct.flushdb()
    await articles.query("UPDATE articles SET title = 'After the loss' WHERE id = $1", [LOST])
    expect(await shown(LOST)).toMatchObject({ title: 'After the loss' })
  })
})
