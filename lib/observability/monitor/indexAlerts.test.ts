/** The monitor's alerts about the version index: a Redis that refuses writes, a term that began, an index that was rebuilt. */
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { setTimeout as delay } from 'node:timers/promises'
import { beat } from '#lib/platform/process/heartbeat.ts'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { redisKeys } from '#lib/platform/redisKeys.ts'
import { deliveryCheck } from './checks/deliveryCheck.ts'
import { Monitor } from './monitor.ts'
import { monitoredShop } from './testing/monitoredShop.ts'

const monitored = monitoredShop()
/** No keeper refreshes the lease in this one but the test's own. */
let ofTerms: SeededDatabase
beforeAll(async () => {
  ofTerms = await seededDatabase(1)
})
afterEach(async () => {
  await monitored.redis.proxy.heal()
  await ofTerms.db.alert.deleteMany()
  await ofTerms.db.heartbeat.deleteMany()
})
afterAll(() => ofTerms.drop())

const PATIENCE = { timeout: 15_000, interval: 200 }

interface Term {
  readonly term: number
  readonly epoch: string
  readonly server: string
  readonly source?: string
  readonly reason: string
}

const FIRST: Term = { term: 1, epoch: 'one/1', server: 'aaaaaaaaaaaa:r1', source: '7/00000001/5', reason: 'first' }

/** As a keeper writes it. */
async function begin(term: Term): Promise<void> {
  await ofTerms.db.indexTerm.update({ where: { id: 1 }, data: { ...FIRST, ...term, beganAt: new Date() } })
}

/** Refreshes the lease, as far as Postgres sees it, until the test stops it. */
function keeper(): () => Promise<void> {
  const stop = new AbortController()
  const running = (async () => {
    while (!stop.signal.aborted) {
      await ofTerms.db.$executeRaw`UPDATE index_term SET renewals = renewals + 1`
      await delay(100, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  })()
  return async () => {
    stop.abort()
    await running
  }
}

const monitor = () => new Monitor({ ...monitored.context, db: ofTerms.db })
const glance = (which: Monitor) => which.glance(new AbortController().signal)
const open = () =>
  ofTerms.db.alert.findMany({ where: { resolvedAt: null }, orderBy: [{ severity: 'asc' }, { kind: 'asc' }] })
const kinds = async () => (await open()).map(({ kind, severity }) => `${severity} ${kind}`)

/** Looks again until nothing is open. */
async function untilResolved(which: Monitor): Promise<void> {
  await vi.waitFor(async () => {
    await glance(which)
    expect(await kinds()).toEqual([])
  }, PATIENCE)
}

/** A monitor that has seen `term` and says so with its heartbeat. */
async function watching(term: Term): Promise<Monitor> {
  await begin(term)
  const which = monitor()
  await glance(which)
  expect(await kinds()).toEqual([])
  await beat(ofTerms.db, 'monitor', which.state())
  return which
}

it('raises nothing for a first term and for a purge of everything', async () => {
  const end = keeper()
  await begin({ ...FIRST, term: 0, epoch: '', server: '', reason: '' })
  const which = monitor()
  await glance(which)
  await begin(FIRST)
  await glance(which)
  await begin({ ...FIRST, epoch: 'one/2' })
  await glance(which)
  expect(await kinds()).toEqual([])
  await end()
})

it('says why a term began and on which servers, until its lease has been refreshed for seconds', async () => {
  const which = await watching(FIRST)
  await begin({ ...FIRST, term: 2, server: 'bbbbbbbbbbbb:r1', reason: 'redis-changed' })
  await glance(which)
  expect(await open()).toMatchObject([
    {
      kind: 'index-term-changed',
      severity: 'warning',
      summary: expect.stringMatching(/Term 2.*restarted, failed over or replaced.*aaaaaaaa.*bbbbbbbb/),
      detail: { layer: 'index', before: { server: FIRST.server }, now: { server: 'bbbbbbbbbbbb:r1' } },
    },
  ])
  await delay(1_000)
  await glance(which)
  expect(await kinds()).toEqual(['warning index-term-changed'])
  const end = keeper()
  await untilResolved(which)
  await end()
})

it('calls an index with another data set rebuilt, critical, until its lease has been refreshed for seconds', async () => {
  const which = await watching(FIRST)
  await begin({ ...FIRST, term: 2, reason: 'lease-lost' })
  await glance(which)
  await begin({ ...FIRST, term: 2, epoch: 'two/1', reason: 'lease-lost' })
  await glance(which)
  expect(await kinds()).toEqual(['critical index-rebuilt', 'warning index-term-changed'])
  const end = keeper()
  await untilResolved(which)
  await end()
})

it('has a sentence of its own for another Postgres', async () => {
  const which = await watching(FIRST)
  await begin({ ...FIRST, term: 2, epoch: 'two/1', source: '7/00000002/5', reason: 'postgres-changed' })
  await glance(which)
  expect(await open()).toMatchObject([
    { kind: 'index-rebuilt', severity: 'warning' },
    { kind: 'index-term-changed', summary: expect.stringMatching(/Postgres.*00000001.*00000002/) },
  ])
})

it('reports changes from while no monitor ran, once, and keeps the alert of the monitor before it', async () => {
  await watching(FIRST)
  await begin({ ...FIRST, term: 3, epoch: 'three/1', server: 'cccccccccccc:r2', reason: 'redis-changed' })
  const next = monitor()
  await glance(next)
  const first = await open()
  expect(first).toMatchObject([
    { kind: 'index-rebuilt', detail: { before: { term: 1 }, now: { term: 3 } } },
    { kind: 'index-term-changed' },
  ])
  await beat(ofTerms.db, 'monitor', next.state())
  const third = monitor()
  await glance(third)
  expect((await open()).map(({ id }) => id)).toEqual(first.map(({ id }) => id))
  const end = keeper()
  await untilResolved(third)
  await beat(ofTerms.db, 'monitor', third.state())
  await glance(monitor())
  expect(await kinds()).toEqual([])
  await end()
})

it('says what a lease costs that no process refreshes, until one does', async () => {
  const which = await watching(FIRST)
  await vi.waitFor(async () => {
    await glance(which)
    expect(await open()).toMatchObject([
      {
        kind: 'index-lease-lost',
        severity: 'critical',
        summary: expect.stringContaining('checked against Postgres'),
      },
    ])
  }, PATIENCE)
  const end = keeper()
  await untilResolved(which)
  await end()
})

it('proves with a write of its own, which expires, that Redis takes writes', async () => {
  await watching(FIRST)
  expect(await monitored.redis.direct.pttl(redisKeys.monitorWrite)).toBeGreaterThan(0)
})

it('does not say that no relay runs while Redis refuses: its silence is the fault of Redis', async () => {
  const silence = () =>
    monitored.catalog.db
      .$executeRaw`UPDATE heartbeats SET beat_at = beat_at - interval '1 hour' WHERE process = 'relay'`
  await monitored.change(20, 10)
  await silence()
  const check = deliveryCheck()
  await monitored.redis.proxy.cut()
  await vi.waitFor(() => expect(monitored.redis.client.status).not.toBe('ready'), PATIENCE)
  expect(await monitored.findings(check)).toMatchObject([
    { kind: 'relay-stuck', summary: expect.stringContaining('Redis does not answer') },
  ])
  await monitored.redis.proxy.heal()
  await vi.waitFor(() => expect(monitored.redis.client.status).toBe('ready'), PATIENCE)
  expect((await monitored.findings(check)).map(({ kind }) => kind)).toEqual(['relay-stuck'])
  expect((await monitored.findings(deliveryCheck())).map(({ kind }) => kind)).toContain('worker-silent')
})
