import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keys } from '#lib/coherence/protocol/keys.ts'
import { redisKeys } from '#lib/platform/redisKeys.ts'
import { freePort } from '../run/ports.ts'
import { Child } from '../run/child.ts'
import { Ledger } from '../run/ledger.ts'
import { redisReady, redisSpec } from './redis.ts'
import { redisProgram } from './redisProgram.ts'
import { redisUrlOf, refusedByRedis, type RedisPurpose, type RedisUser } from './redisUsers.ts'

let dataFolder: string
let port: number
let bodiesPort: number
let servers: Child[]
let start: (purpose: RedisPurpose, user: RedisUser, at: number) => Promise<Child>
const clients: Redis[] = []

function as(user: RedisUser): Redis {
  const client = new Redis(redisUrlOf(user, { dataFolder, port }))
  clients.push(client)
  return client
}

beforeAll(async () => {
  dataFolder = mkdtempSync(path.join(tmpdir(), 'evergreen-acl-'))
  port = await freePort()
  bodiesPort = await freePort()
  const program = await redisProgram(AbortSignal.timeout(60_000))
  start = async (purpose: RedisPurpose, user: RedisUser, at: number) => {
    const child = new Child(redisSpec({ purpose, program, dataFolder, port: at }), new Ledger(dataFolder))
    await redisReady(child, redisUrlOf(user, { dataFolder, port: at }))
    return child
  }
  servers = [await start('index', 'shell', port), await start('bodies', 'bodies', bodiesPort)]
})
afterAll(async () => {
  for (const client of clients) client.disconnect()
  await Promise.all(servers.map((server) => server.stop()))
  rmSync(dataFolder, { recursive: true, force: true })
})

test('a connection without a user is refused, and so is a wrong password', async () => {
  const stranger = connect(port, '127.0.0.1')
  const asked = async (command: string) => {
    stranger.write(`${command}\r\n`)
    const [answer] = await once(stranger, 'data')
    return String(answer)
  }
  expect(await asked(`GET ${keys.epoch}`)).toMatch(/^-NOAUTH/)
  expect(await asked('AUTH web guessed')).toMatch(/^-WRONGPASS/)
  stranger.destroy()
})

describe.each(['web', 'worker', 'shell'] as const)('the user %s', (user) => {
  const forbidden = [
    ['FLUSHALL'],
    ['FLUSHDB'],
    ['KEYS', '*'],
    ['CONFIG', 'GET', '*'],
    ['CONFIG', 'SET', 'dir', '/tmp'],
    ['DEBUG', 'SLEEP', '0'],
    ['SHUTDOWN', 'NOSAVE'],
    ['MONITOR'],
    ['REPLICAOF', '127.0.0.1', '1'],
    ['ACL', 'LIST'],
    ['ACL', 'SETUSER', 'web', '+@all'],
    ['MODULE', 'LOAD', '/tmp/x.so'],
    ['CLIENT', 'KILL', 'TYPE', 'normal'],
    ['SCRIPT', 'FLUSH'],
    ['FUNCTION', 'FLUSH'],
    ['SWAPDB', '0', '1'],
    ['SAVE'],
    ['GET', 'of-another-program'],
    ['EVAL', "return redis.call('FLUSHALL')", '0'],
    ['EVAL', "return redis.call('GET', 'of-another-program')", '0'],
  ]
  test.each(forbidden)('is refused %s %s', async (command, ...rest) => {
    await expect(as(user).call(command, ...rest)).rejects.toThrow(
      /NOPERM|command not allowed|can't access|can't run this command/,
    )
  })

  test('reads and writes the index, bodies and the queue, in scripts too, and looks through the keys', async () => {
    const redis = as(user)
    for (const key of [keys.epoch, keys.tag('price:1'), keys.page('b', '/en'), `${redisKeys.queuePrefix}:q:1`]) {
      await redis.set(key, '1')
      expect(await redis.eval("return redis.call('GET', KEYS[1])", 1, key)).toBe('1')
    }
    expect((await redis.scan('0'))[1]).toContain(keys.epoch)
    expect(await redis.info('server')).toContain('run_id')
  })
})

test('lets only web instances see what visitors did', async () => {
  const key = redisKeys.signIn('pair', 'x')
  await as('web').set(key, '1', 'EX', 60)
  for (const what of [redisKeys.requests('all'), redisKeys.orders('placing', 'all'), redisKeys.picture(1)])
    await as('web').set(what, '1', 'EX', 60)
  await expect(as('worker').get(key)).rejects.toThrow('NOPERM')
})

test('all processes share a user of bodies, which sees them and pictures and nothing else, on a server that evicts them', async () => {
  const redis = new Redis(redisUrlOf('bodies', { dataFolder, port: bodiesPort }))
  clients.push(redis)
  for (const key of [keys.page('b', '/en'), keys.madeFrom('price:1'), keys.lease('b', '/en'), redisKeys.picture(1)])
    await redis.set(key, '1', 'EX', 60)
  for (const key of [keys.epoch, keys.tag('price:1'), `${redisKeys.queuePrefix}:q:1`, redisKeys.signIn('pair', 'x')])
    await expect(redis.get(key)).rejects.toThrow('NOPERM')
  await expect(redis.flushall()).rejects.toThrow('NOPERM')
  expect(await redis.info('memory')).toMatch(/maxmemory:268435456\r\n[^]*maxmemory_policy:allkeys-lfu/)
  expect(await as('web').info('memory')).toMatch(/maxmemory_policy:noeviction/)
})

test('names the user of a refused command, and puts no password into the settings of Redis', async () => {
  await expect(as('worker').call('FLUSHALL')).rejects.toThrow('NOPERM')
  expect(await refusedByRedis(redisUrlOf('admin', { dataFolder, port }))).toContainEqual(
    expect.stringMatching(/^worker: command flushall/),
  )
  const file = path.join(dataFolder, 'redis/users.acl')
  const password = new URL(redisUrlOf('web', { dataFolder, port })).password
  expect(readFileSync(file, 'utf8')).not.toContain(password)
  expect(statSync(file).mode & 0o077).toBe(0)
})

test('what a script wrote in several commands is there after a restart', async () => {
  const script = "redis.call('SET', KEYS[1], 1, 'EX', 600) return redis.call('INCRBY', KEYS[1], 4)"
  const key = redisKeys.requests('restart')
  await as('web').eval(script, 1, key)
  await servers[0]?.stop()
  servers[0] = await start('index', 'shell', port)
  const web = as('web')
  expect(await web.get(key)).toBe('5')
  expect(await web.ttl(key)).toBeGreaterThan(0)
})
