import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testEnv } from '#lib/platform/env.ts'
import { freePort } from '../run/ports.ts'
import { checkDatabase, checkRedis } from './external.ts'
import { findProgram } from './systemPackage.ts'

let folder: string
let evicting: ChildProcess
let port: number

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'external-'))
  port = await freePort()
  const program = findProgram('redis-server') ?? findProgram('valkey-server') ?? ''
  const started = spawn(program, [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--maxmemory-policy',
    'allkeys-lru',
    '--dir',
    folder,
  ])
  evicting = started
  await new Promise<void>((resolve) =>
    started.stdout.on('data', (chunk) => String(chunk).includes('Ready to accept') && resolve()),
  )
})
afterAll(() => {
  evicting.kill()
  rmSync(folder, { recursive: true, force: true })
})

test('servers that the environment names are accepted when they can be used', async () => {
  await expect(checkDatabase({ url: testEnv().DATABASE_URL })).resolves.toEqual([])
  await expect(checkRedis('REDIS_URL', testEnv().REDIS_URL)).resolves.toEqual([])
})

test('a database that may lose what it has confirmed is refused', async () => {
  const url = new URL(testEnv().DATABASE_URL)
  url.searchParams.set('options', '-c synchronous_commit=off')
  await expect(checkDatabase({ url: url.href })).rejects.toThrow(/synchronous_commit is off.*set it to on/)
})

test('a Redis that would drop jobs when it is full is refused, and accepted for what may be dropped', async () => {
  const url = `redis://127.0.0.1:${port}`
  await expect(checkRedis('REDIS_URL', url)).rejects.toThrow(
    /has maxmemory-policy allkeys-lru.*CONFIG SET maxmemory-policy noeviction/,
  )
  await expect(checkRedis('CACHE_REDIS_URL', url)).resolves.toEqual([])
})

test('a server that cannot be reached: one sentence with the address, without the password', async () => {
  const closed = await freePort()
  const database = checkDatabase({ url: `postgresql://me:secret@127.0.0.1:${closed}/shop` })
  await expect(database).rejects.toThrow(
    new RegExp(
      `^The database at postgresql://me@127.0.0.1:${closed}/shop cannot be used \\(.*ECONNREFUSED.*\\): start it or correct DATABASE_URL`,
    ),
  )
  await expect(checkRedis('REDIS_URL', `redis://:secret@127.0.0.1:${closed}`)).rejects.toThrow(
    /^Redis at redis:\/\/127\.0\.0\.1:\d+ cannot be reached \(.*ECONNREFUSED/,
  )
  await expect(checkRedis('REDIS_URL', `redis+cluster://:secret@127.0.0.1:${closed}`)).rejects.toThrow(
    /^Redis at redis\+cluster:\/\/127\.0\.0\.1:\d+ cannot be reached \(Connection is closed/,
  )
  await expect(checkRedis('REDIS_URL', `redis+sentinel://127.0.0.1:${closed}/shop`)).rejects.toThrow(
    /^Redis at redis\+sentinel:\/\/127\.0\.0\.1:\d+\/shop cannot be reached \(All sentinels are unreachable/,
  )
})

test('distinguishes an address of another kind from a server that is down', async () => {
  await expect(checkDatabase({ url: 'mysql://localhost/shop' })).rejects.toThrow(
    'DATABASE_URL must be an address that begins with postgresql://',
  )
  await expect(checkRedis('REDIS_URL', 'localhost:6379')).rejects.toThrow(
    'REDIS_URL cannot be read: an address is redis://',
  )
})
