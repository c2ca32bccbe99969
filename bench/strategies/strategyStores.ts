/** A database and a Redis of a strategy's own, with the proxy that its processes reach Redis through. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import { faultProxy, type FaultProxy } from '../../lib/coherence/testing/faultProxy.ts'
import type { Address } from './process.ts'
import type { Row } from './strategy.ts'

export interface StrategyStores {
  readonly address: Address
  readonly proxy: FaultProxy
  /** The rows that Postgres has now. */
  rows(): Promise<readonly Row[]>
  close(): Promise<void>
}

export interface StoreOptions {
  /** A server on which databases may be made. */
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly products: number
  readonly ttlMs: number
  readonly versioned: boolean
}

const VERSIONED = path.join(import.meta.dirname, '../../lib/coherence/sql/versioned.sql')
const SLOTS = `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = $1`
let made = 0

async function onServer(databaseUrl: string, statements: readonly (readonly [string, unknown[]?])[]): Promise<void> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    for (const [sql, parameters] of statements) await client.query(sql, parameters)
  } finally {
    await client.end()
  }
}

export async function openStores({
  databaseUrl,
  redisUrl,
  products,
  ttlMs,
  versioned,
}: StoreOptions): Promise<StrategyStores> {
  const name = `strategies_${process.pid}_${made++}`
  await onServer(databaseUrl, [[`CREATE DATABASE ${name}`]])
  const url = new URL(databaseUrl)
  url.pathname = `/${name}`
  const database = new pg.Client(url.href)
  await database.connect()
  await database.query(
    'CREATE TABLE prices (id integer PRIMARY KEY, amount bigint NOT NULL DEFAULT 1, version bigint NOT NULL DEFAULT 1)',
  )
  await database.query('INSERT INTO prices (id) SELECT generate_series(1, $1::int)', [products])
  if (versioned) {
    await database.query(await readFile(VERSIONED, 'utf8'))
    await database.query("SELECT make_versioned('price', 'prices', '{amount}')")
  }
  const { hostname, port, pathname } = new URL(redisUrl)
  const target = { host: hostname, port: Number(port || 6379), db: Number(pathname.slice(1) || 0) }
  const redis = new Redis(target)
  await redis.flushdb()
  redis.disconnect()
  const proxy = await faultProxy(target)
  return {
    address: { databaseUrl: url.href, redisPort: proxy.port, redisDatabase: target.db, ttlMs },
    proxy,
    async rows() {
      const { rows } = await database.query<{ id: number; amount: string }>('SELECT id, amount FROM prices ORDER BY id')
      return rows.map(({ id, amount }) => ({ id, amount: Number(amount) }))
    },
    async close() {
      await proxy.close()
      await database.end()
      await onServer(databaseUrl, [[SLOTS, [name]], [`DROP DATABASE ${name} WITH (FORCE)`]])
    },
  }
}
