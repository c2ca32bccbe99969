/** The translated scripts on the simulated Redis answer as Redis does, and leave the same data: random calls of all of them, on both. */
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { firstHead } from '../../lib/coherence/protocol/head.ts'
import { parseLease } from '../../lib/coherence/protocol/lease.ts'
import { defineIndexCommands } from '../../lib/coherence/redis/commands.ts'
import { testRedis, type TestRedis } from '../../lib/platform/testing/redis.ts'
import { Scripts } from './lua.ts'
import { Random } from './random.ts'
import { RedisServer } from './redisServer.ts'
import { Timeline } from './time.ts'

const SEEDS = [1, 2, 3, 4]
const CALLS = 300
const TAGS = ['tag:price:1', 'tag:price:2', 'tag:product:1', 'tag:category:3', 'tag:catalog:0']
const [LEASE, HEAD, LOG, POSITION, EPOCH, PROBE, CLAIM] = [
  'lease',
  'head',
  'log',
  'position',
  'epoch',
  'probe',
  'claim',
] as const
const HASHES = ['hash:1', 'hash:2']
const LIVES_MS = 60_000

/** Collects the kernel's scripts as they are defined on a connection. */
class Definitions extends Redis {
  // Made before the fields of this class are: the parent defines commands of its own.
  scripts: Map<string, string> | undefined

  constructor() {
    super({ lazyConnect: true })
  }

  override defineCommand(name: string, definition: { lua: string; numberOfKeys?: number; readOnly?: boolean }): void {
    this.scripts ??= new Map()
    this.scripts.set(name, definition.lua)
  }
}

const definitions = new Definitions()
defineIndexCommands(definitions)
const scripts = definitions.scripts ?? new Map<string, string>()

let real: TestRedis
let where: { run: string; replication: string }

beforeAll(async () => {
  real = await testRedis()
  const info = await real.direct.info()
  const field = (name: string) => new RegExp(`${name}:([0-9a-f]+)`).exec(info)?.[1] ?? ''
  where = { run: field('run_id'), replication: field('master_replid') }
})
afterAll(async () => {
  definitions.disconnect()
  await real.close()
})

interface ScriptCall {
  readonly name: string
  readonly keys: readonly string[]
  readonly argv: readonly (string | number)[]
}

/** @param term of the lease that the next keeper creates */
function anyCall(random: Random, term: number, lease: string): ScriptCall {
  const some = () => TAGS.filter(() => random.happens(0.5))
  const version = () => 1 + random.below(20)
  const payload = () => (random.happens(0.5) ? `${random.below(999)},USD` : '')
  const server = `${where.run}:${where.replication}`
  const hash = random.pick(HASHES)
  const tags = some()
  const staged = tags.flatMap(() => [version(), payload()])
  const calls: readonly ScriptCall[] = [
    { name: 'advanceTags', keys: [LEASE, HEAD, LOG, POSITION, ...tags], argv: [3600, 20, random.below(2), ...staged] },
    { name: 'stageTags', keys: [hash, ...tags], argv: [LIVES_MS, ...staged] },
    {
      name: 'showStagedTags',
      keys: [LEASE, HEAD, LOG, POSITION, CLAIM, hash],
      argv: [20, 'holder', random.happens(0.8) ? parseLease(lease).name : 'another', 1 + random.below(TAGS.length)],
    },
    {
      name: 'foldShownTags',
      keys: [POSITION, hash],
      argv: [random.happens(0.8) ? server : 'another', '0', 250, 3600],
    },
    { name: 'markIndexBehind', keys: [LEASE], argv: [] },
    {
      name: 'revalidateTags',
      keys: [LEASE, HEAD, LOG, ...tags],
      argv: [3600, 20, random.happens(0.5) ? 0 : 5_000_000, random.below(tags.length + 1)],
    },
    { name: 'raiseEpoch', keys: [LEASE, EPOCH], argv: [`set${random.below(2)}/${random.below(9)}`] },
    { name: 'inspectIndex', keys: [LEASE, POSITION, EPOCH, PROBE, HEAD], argv: [] },
    {
      name: 'createIndexLease',
      keys: [LEASE, POSITION, EPOCH, HEAD],
      argv: [term, server, LIVES_MS, '', random.below(99), 'set1/1', random.pick([5, firstHead(term)])],
    },
    {
      name: 'refreshIndexLease',
      keys: [LEASE, POSITION],
      argv: [lease, LIVES_MS, random.happens(0.5) ? '' : random.below(99)],
    },
    {
      name: 'pollIndex',
      keys: [LOG, POSITION, LEASE, EPOCH, HEAD, ...TAGS],
      argv: [random.pick([0, firstHead(term)]) + random.below(30), 10],
    },
    { name: 'releaseLease', keys: [CLAIM], argv: ['holder'] },
  ]
  const call = calls[random.below(calls.length)]
  if (!call) throw new Error('no call was chosen')
  return call
}

/** Clocks differ: microseconds since 1970, and what TIME says. */
const comparable = (reply: unknown): string =>
  JSON.stringify(reply, (_, value: unknown) => (Buffer.isBuffer(value) ? value.toString() : value))
    .replaceAll(/\["\d{10}","\d{1,6}"\]/g, 'TIME')
    .replaceAll(/\d{16}/g, 'MICROSECONDS')

test.each(SEEDS)('answers and data are those of Redis, seed %i', async (seed) => {
  const random = new Random(seed)
  const simulated = new RedisServer(new Timeline(seed), new Scripts())
  simulated.runId = where.run
  simulated.replicationId = where.replication
  await real.direct.flushdb()
  const called = new Set<string>()
  let shown = 0
  for (let i = 0; i < CALLS; i++) {
    const { name, keys, argv } = anyCall(random, 1 + random.below(4), (await real.direct.get(LEASE)) ?? '')
    const lua = scripts.get(name)
    if (lua === undefined) throw new Error(`the kernel has no script ${name}`)
    const there = await real.direct.eval(lua, keys.length, ...keys, ...argv)
    const here = simulated.run('eval', [lua, String(keys.length), ...keys, ...argv.map(String)], lua)
    expect({ i, name, keys, argv, reply: comparable(here) }).toEqual({ i, name, keys, argv, reply: comparable(there) })
    called.add(name)
    if (name === 'showStagedTags' && Array.isArray(there) && Number(there[2]) > 0) shown++
  }
  expect(shown).toBeGreaterThan(0)
  expect([...called].toSorted()).toEqual([...scripts.keys()].toSorted())
  for (const key of [LEASE, HEAD, POSITION, EPOCH, PROBE, CLAIM, ...TAGS]) {
    const here = simulated.run('get', [key], undefined)
    expect({ [key]: comparable(here) }).toEqual({ [key]: comparable(await real.direct.get(key)) })
  }
  const log = simulated.run('lrange', [LOG, '0', '999'], undefined)
  expect(comparable(log)).toEqual(comparable(await real.direct.lrange(LOG, 0, 999)))
  for (const hash of HASHES) {
    const here = simulated.run('hmget', [hash, ...TAGS], undefined)
    expect({ [hash]: comparable(here) }).toEqual({ [hash]: comparable(await real.direct.hmget(hash, ...TAGS)) })
  }
})
