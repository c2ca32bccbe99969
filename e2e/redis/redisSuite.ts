/**
 * Exercises Redis by the shop's own parts and connections: the same tests on one server, on a cluster and
 * under Sentinels, and again after each kind of failover.
 */
import type { Worker } from 'bullmq'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { MOST_FOR_PAIR, SignInThrottle, signInThrottle } from '#lib/auth/signInThrottle.ts'
import { coherence, versionIndex } from '#lib/catalog/coherence.ts'
import { livePrices } from '#lib/catalog/prices/livePrices.ts'
import { keys } from '#lib/coherence/index.ts'
import { dependenciesOf } from '#lib/coherence/protocol/freshness.ts'
import { defineLeaseCommand } from '#lib/coherence/redis/commands.ts'
import { acquireLease } from '#lib/coherence/render/renderLease.ts'
import { renderStart } from '#lib/coherence/render/renderStart.ts'
import { clearBodies } from '#lib/delivery/purge/clearBodies.ts'
import { db } from '#lib/platform/db.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { cacheRedis, connectRedis, indexRedis, reconnectRedis } from '#lib/platform/redis.ts'
import type { PriceChangeOutcome } from '#lib/pricing/changePrices.ts'
import { changeMeant } from '#lib/pricing/testing/changeMeant.ts'
import {
  enqueueInvalidation,
  type InvalidationJob,
  type InvalidationQueue,
  openInvalidationQueue,
  startInvalidationWorker,
} from '#lib/queue/invalidationQueue.ts'
import type { Topology } from '../support/redisTopology.ts'
import { underway } from './underway.ts'

/** A third of what a fleet has: a new term begins when the lease of the one before has run out everywhere, after 1.4 s. */
const LEASE_MS = 667
/** The rest is a slow machine. */
const HEALS_WITHIN_MS = 12_000
/** A command's second, Postgres, and a machine that does other things. */
const ANSWERS_WITHIN_MS = 2_000
/** A worker that waits for a job at a server that freezes notices that after 12 s. */
const JOB_WITHIN_MS = 20_000

type Stage = 'killPrimary' | 'handOver' | 'freezePrimary'
const TITLES: Record<Stage, string> = {
  killPrimary: 'when the primary of the index is killed',
  freezePrimary: 'when the primary of the index freezes',
  handOver: 'when the primary of the index hands over',
}

/** Resources of tests of one topology alone. */
export interface Shop {
  readonly topology: () => Topology
  readonly database: () => SeededDatabase
  readonly edit: (productId: number) => Promise<PriceChangeOutcome>
  /** Edits until an edit is live. @throws when that takes too long */
  readonly liveEdit: (productId: number) => Promise<PriceChangeOutcome>
  /** Waits until the index is believed. @throws when that takes too long */
  readonly trusted: () => Promise<unknown>
}

/** @returns the lease as the shop reads it, and what each server says of itself and of the others, for the message of a failure */
async function serversSay({ nodes }: Topology): Promise<string> {
  const said = (answer: Promise<unknown>) => answer.then(String, String)
  const servers = nodes.map(async ({ client, port, alive }) => {
    if (!alive) return `${port} is stopped`
    const [role, cluster] = await Promise.all([said(client.info('replication')), said(client.cluster('NODES'))])
    return `${port} ${/role:\w+/.exec(role)?.[0] ?? role}\n${cluster}`
  })
  return [`lease: ${await said(indexRedis().get(keys.indexLease))}`, ...(await Promise.all(servers))].join('\n')
}

/** @param more tests of this topology alone, which run last */
export function describeRedis(
  title: string,
  start: () => Promise<Topology>,
  stages: readonly Stage[],
  more: (shop: Shop) => void = () => undefined,
): void {
  let topology: Topology
  let database: SeededDatabase
  let queue: InvalidationQueue
  let worker: Worker<InvalidationJob, void, 'invalidate'>
  const done: string[] = []
  let amountMinor = 1_000
  const edit = (productId: number) =>
    changeMeant({
      changes: [{ productId, amountMinor: amountMinor++, compareAtMinor: null }],
      reason: 'Price match',
      source: 'api',
    })
  /** What goes on while a failover is under way. */
  const during = () => ({
    edit: () => edit(1),
    edited: 'price:1',
    calm: 'price:7',
    ask: () => database.db.$queryRaw`SELECT 1`,
  })
  /** An edit that is "propagating" is saved, and one more says when the index is there again. */
  const liveEdit = (productId: number) =>
    vi.waitFor(
      async () => {
        const outcome = await edit(productId)
        expect(outcome.state).toBe('live')
        return outcome
      },
      { timeout: HEALS_WITHIN_MS, interval: 20 },
    )
  /** The relay comes back to a row whose job was not taken. @returns the id in the job */
  async function enqueued(): Promise<string> {
    const id = String(amountMinor++)
    await vi.waitFor(() => enqueueInvalidation(queue, { outboxIds: [id] }), { timeout: HEALS_WITHIN_MS, interval: 50 })
    return id
  }
  const trusted = async () => {
    const believed = async () => {
      await versionIndex().connect()
      return versionIndex().trusted
    }
    await vi.waitUntil(believed, { timeout: HEALS_WITHIN_MS, interval: 20 }).catch(async (cause: unknown) => {
      throw new Error(`the index is not believed:\n${await serversSay(topology)}`, { cause })
    })
  }

  describe(`the shop on ${title}`, () => {
    beforeAll(async () => {
      ;[topology, database] = await Promise.all([start(), seededDatabase(20)])
      stubEnvironment({ databaseUrl: database.url, redisUrl: topology.url })
      vi.stubEnv('TEST_INDEX_LEASE_MS', String(LEASE_MS))
      defineLeaseCommand(cacheRedis())
      await trusted()
      // The first edit connects and compiles, longer than such a short lease lasts on a busy machine.
      await liveEdit(2)
      queue = openInvalidationQueue()
      worker = startInvalidationWorker(async ({ data }) => void done.push(...data.outboxIds))
      worker.on('error', () => undefined) // the failovers are on purpose
    }, 90_000)
    afterAll(async () => {
      await Promise.all([worker.close(true), queue.close(), coherence().keeper.stop()])
      indexRedis().disconnect()
      await db().$disconnect()
      vi.unstubAllEnvs() // the database is dropped from the server that the environment names
      await Promise.all([topology.close(), database.drop()])
    }, 30_000)

    const works = () => {
      test('an edit is live, and read so', async () => {
        const { results } = await liveEdit(2)
        expect((await livePrices([2]))[0]).toMatchObject({ version: results[0]?.version, amountMinor: amountMinor - 1 })
      })

      test('the kernel publishes, revalidates, keeps pages and gives out leases', async () => {
        const { index, publisher, pages } = coherence()
        const key = `/en/${amountMinor}`
        const { version } = await database.db.price.findUniqueOrThrow({ where: { productId: 3 } })
        // A machine that stands still for longer than such a short lease lives costs belief: what is refused, or not kept, is repeated.
        const patience = { timeout: HEALS_WITHIN_MS, interval: 20 }
        await vi.waitFor(() => publisher.publish([{ kind: 'price', id: 3, version: Number(version) }]), patience)
        const put = async () =>
          pages.put(key, {
            ...(await renderStart(index)),
            value: { content: { kind: 'OTHER', value: key }, cacheControl: undefined },
            ttl: 60,
            dependencies: dependenciesOf([`price:3@${version}`, '_N_T_/en']),
          })
        const kept = async () => {
          await put()
          expect((await pages.get(key))?.entry.value.content).toEqual({ kind: 'OTHER', value: key })
        }
        await vi.waitFor(kept, patience)
        await vi.waitFor(() => publisher.revalidate(['_N_T_/en']), patience)
        // While the index is not believed, Postgres is asked, which knows versions alone.
        await vi.waitFor(async () => expect(await pages.get(key)).toBeUndefined(), patience)
        const lease = await acquireLease(cacheRedis(), keys.lease('build', key))
        expect(await acquireLease(cacheRedis(), keys.lease('build', key))).toBeUndefined()
        await lease?.release()
        expect(await cacheRedis().exists(keys.lease('build', key))).toBe(0)
      })

      test(
        'a job is added, and done by the worker that runs since the start',
        async () => {
          const id = String(amountMinor++)
          await enqueueInvalidation(queue, { outboxIds: [id] })
          await vi.waitFor(() => expect(done).toContain(id), { timeout: JOB_WITHIN_MS, interval: 20 })
        },
        2 * JOB_WITHIN_MS,
      )

      test('wrong passwords count for all instances together', async () => {
        const other = connectRedis(topology.url, 'another-instance', { withinMs: 1_000 })
        await vi.waitUntil(() => other.status === 'ready', { timeout: HEALS_WITHIN_MS })
        const instances = [signInThrottle(), new SignInThrottle(other)]
        const email = `owner-${amountMinor++}@evergreen.example`
        let admitted = 0
        for (let i = 0; i < MOST_FOR_PAIR + 4; i++) {
          const admission = await instances[i % 2]?.admit({ email, address: '198.51.100.7' })
          if (admission?.admitted) admitted++
        }
        other.disconnect()
        expect(admitted).toBe(MOST_FOR_PAIR)
      })

      test('a purge finds the bodies of every node, and leaves the index', async () => {
        const bodies = Array.from({ length: 300 }, (_, i) => keys.page('build', String(i)))
        const redis = cacheRedis()
        await Promise.all(bodies.map((key) => redis.set(key, '1')))
        const [prefix = ''] = keys.bodyPrefixes
        expect(await clearBodies(redis, prefix)).toBeGreaterThanOrEqual(bodies.length)
        expect((await Promise.all(bodies.map((key) => redis.exists(key)))).filter(Boolean)).toEqual([])
        expect(await redis.exists(keys.epoch)).toBe(1)
      })
    }

    describe('from the start', () => {
      works()
    })

    describe.each(stages.map((stage) => [TITLES[stage], stage] as const))('%s', (_title, stage) => {
      test('no read is slow or older than an acknowledged edit, and soon edits are live again', async () => {
        const seen = await underway(during(), async (edits) => {
          await topology[stage]()
          const healed = performance.now()
          const before = edits.live
          await trusted()
          await liveEdit(4)
          await enqueued()
          expect(performance.now() - healed).toBeLessThan(HEALS_WITHIN_MS)
          await vi.waitUntil(() => edits.live > before, { timeout: HEALS_WITHIN_MS })
        })
        expect(seen.older).toEqual([])
        expect(seen.reads).toBeGreaterThan(0)
        expect(seen.slowestReadMs).toBeLessThan(ANSWERS_WITHIN_MS)
        const { version } = await database.db.price.findUniqueOrThrow({ where: { productId: 1 } })
        const { states } = await versionIndex().read(['price:1'])
        expect(states.get('price:1')?.version).toBe(Number(version))
      })

      describe('and then', () => {
        works()
      })

      test('nothing gets older when the server that was lost comes back', async () => {
        const seen = await underway(during(), () => topology.heal())
        expect(seen.older).toEqual([])
        expect(seen.slowestReadMs).toBeLessThan(ANSWERS_WITHIN_MS)
      })
    })

    test('leaves every connection to a server on command, those of the worker included, and goes on', async () => {
      const open = async () =>
        new Set(
          (
            await Promise.all(
              topology.nodes.map(async ({ client, port }) => {
                const [own, list] = await Promise.all([
                  client.client('ID'),
                  client.client('LIST', 'TYPE', 'NORMAL'),
                ]).catch(() => [0, ''])
                return [...String(list).matchAll(/^id=(\d+) .*/gm)]
                  .filter(([line, id]) => Number(id) !== own && /name=\S*(evergreen|bull)/.test(line))
                  .map(([, id]) => `${port} ${id}`)
              }),
            )
          ).flat(),
        )
      const before = await open()
      expect(before.size).toBeGreaterThan(2)
      reconnectRedis()
      await vi.waitFor(async () => expect([...(await open())].filter((one) => before.has(one))).toEqual([]), {
        timeout: HEALS_WITHIN_MS,
      })
      await trusted()
      const id = await enqueued()
      await vi.waitFor(() => expect(done).toContain(id), { timeout: 10_000, interval: 20 })
    })

    more({ topology: () => topology, database: () => database, edit, liveEdit, trusted })
  })
}
