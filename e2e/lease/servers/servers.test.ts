/** The servers do to the shop what the fault tests say that they do. */
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freezePostgres } from './frozenPostgres.ts'
import { type PostgresPair, postgresPair, query } from './postgresPair.ts'
import { type RedisServer, redisServer } from './redisServer.ts'
import { refusal, REFUSAL_CODES } from './refusals.ts'
import { switchingProxy } from './switchingProxy.ts'
import { until } from './until.ts'

describe('a Redis of its own', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await redisServer({ ownClock: true })
  })
  afterAll(() => redis.close())

  test.each(REFUSAL_CODES)('answers reads and refuses writes (%s), then takes them again', async (code) => {
    const { begin, end } = refusal(redis.admin, code)
    await redis.admin.set('kept', code)
    await begin()
    await expect(redis.admin.set('kept', 'refused')).rejects.toThrow(code)
    expect(await redis.admin.get('kept')).toBe(code)
    await end()
    expect(await redis.admin.set('kept', 'taken')).toBe('OK')
  })

  test('stands still, keeps its connections, and does afterwards what its clients have given up', async () => {
    const client = new Redis(redis.url, { commandTimeout: 300 })
    try {
      await client.set('counted', 0)
      redis.pause()
      await expect(client.incr('counted')).rejects.toThrow('timed out')
      expect(client.status).toBe('ready')
      redis.resume()
      expect(await redis.admin.get('counted')).toBe('1')
    } finally {
      redis.resume()
      client.disconnect()
    }
  })

  test('has its old data after its old files were restored', async () => {
    await redis.admin.set('version', 1)
    const copy = await redis.copyFiles()
    await redis.admin.set('version', 2)
    await redis.stop('SIGKILL')
    redis.restoreFiles(copy)
    await redis.start()
    await until('connected again', () => redis.admin.status === 'ready')
    expect(await redis.admin.get('version')).toBe('1')
  })

  test('keeps a key for longer when its clock is set back, while its monotonic clock goes on', async () => {
    const uptime = async () => Number(/uptime_in_seconds:(\d+)/.exec(await redis.admin.info('server'))?.[1])
    const seconds = async () => Number((await redis.admin.time())[0])
    const before = await seconds()
    await redis.admin.set('lease', 1, 'PX', 500)
    redis.clock.shift(-3_600)
    await until('the clock is set back', async () => (await seconds()) < before - 3_000)
    expect(await redis.admin.pttl('lease')).toBeGreaterThan(3_000_000)
    await redis.admin.set('short', 1, 'PX', 200)
    await until('a new key expires by the clock that goes on', async () => (await redis.admin.get('short')) === null)
    redis.clock.shift(0)
    await until('the clock is right again', async () => (await seconds()) >= before)
    await until('the key has expired', async () => (await redis.admin.get('lease')) === null)
    expect(await uptime()).toBeLessThan(3_600)
  })
})

test('a proxy that is switched leaves connections with the old target and brings new ones to the new target', async () => {
  const [old, next] = await Promise.all([redisServer(), redisServer()])
  const proxy = await switchingProxy(old.address)
  const url = `redis://127.0.0.1:${proxy.port}`
  const [before, after] = [new Redis(url), new Redis(url, { lazyConnect: true, commandTimeout: 1_000 })]
  try {
    await before.set('name', 'old')
    await next.admin.set('name', 'next')
    proxy.switchTo(next.address)
    expect(await before.get('name')).toBe('old')
    expect(await after.get('name')).toBe('next')
    expect([proxy.connectionsTo(old.address), proxy.connectionsTo(next.address)]).toEqual([1, 1])
    proxy.silence()
    await expect(after.get('name')).rejects.toThrow('timed out')
    expect(after.status).toBe('ready')
    await new Promise((resolve) => after.once('end', resolve).disconnect())
    await after.connect()
    expect(await after.get('name')).toBe('next')
  } finally {
    before.disconnect()
    after.disconnect()
    await proxy.close()
    await Promise.all([old.close(), next.close()])
  }
})

describe('a Postgres pair', () => {
  let pair: PostgresPair
  beforeAll(async () => {
    pair = await postgresPair()
  }, 60_000)
  afterAll(() => pair.close())

  test('stands still, keeps its connections, and does afterwards what it was sent', async () => {
    const client = new pg.Client({ connectionString: pair.primaryUrl })
    await client.connect()
    try {
      await client.query('CREATE TABLE counted (id int)')
      const goOn = await freezePostgres(pair.primaryUrl)
      let answered = false
      const sent = client.query('INSERT INTO counted VALUES (1) RETURNING id').then(({ rows }) => {
        answered = true
        return rows
      })
      await expect(query(pair.primaryUrl, 'SELECT 1')).rejects.toThrow('timeout')
      expect(answered).toBe(false)
      await goOn()
      expect(await sent).toEqual([{ id: 1 }])
      expect(await query(pair.primaryUrl, 'SELECT id FROM counted')).toEqual([{ id: 1 }])
    } finally {
      await client.end()
    }
  })

  test('loses what was committed after the cut, and goes on under a new timeline', { timeout: 60_000 }, async () => {
    const identity = 'SELECT system_identifier AS system, left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline'
    const of = async (url: string) => (await query(url, `${identity} FROM pg_control_system()`))[0]
    await query(pair.url, 'CREATE TABLE kept (id int)')
    await query(pair.url, 'INSERT INTO kept VALUES (1)')
    await pair.caughtUp()
    const before = await of(pair.url)
    await pair.cutReplication()
    await query(pair.url, 'INSERT INTO kept VALUES (2)')
    await pair.promote()
    await expect(query(pair.url, 'SELECT 1')).rejects.toThrow(/ECONN|terminated/)
    pair.switchOver()
    expect(await query(pair.url, 'SELECT id FROM kept')).toEqual([{ id: 1 }])
    expect(await of(pair.url)).toEqual({ ...before, timeline: '00000002' })
  })
})
