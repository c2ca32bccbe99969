/** The way from the outbox to the queue, on a real database. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { seededDatabase, type SeededDatabase } from '#lib/platform/testing/catalog.ts'
import { handOver, JOB_ENTITIES, type OutboxRow } from './outbox.ts'

let catalog: SeededDatabase
beforeAll(async () => {
  catalog = await seededDatabase(20)
})
afterAll(() => catalog.drop())
afterEach(() => catalog.db.outbox.updateMany({ data: { doneAt: new Date() } }).then(() => undefined))

/** Rows of so many entities each, as if changed. */
async function rowsOf(...sizes: number[]): Promise<void> {
  await catalog.db.outbox.updateMany({ data: { doneAt: new Date() } })
  await catalog.db.$executeRaw`
    INSERT INTO outbox (topic, entity_ids, versions)
    SELECT 'price', ARRAY(SELECT generate_series(1, size)), ARRAY(SELECT 1 FROM generate_series(1, size)) FROM unnest(${sizes}::int[]) AS size`
}
const waiting = () => catalog.db.outbox.findMany({ where: { doneAt: null }, orderBy: { id: 'asc' } })
const refuse = () => Promise.reject(new Error('The queue is away'))

test('keeps the attempt and the back-off of a row when the queue is away', async () => {
  await rowsOf(1)
  await expect(handOver(catalog.db, refuse)).rejects.toThrow('The queue is away')
  const [row] = await waiting()
  expect(row).toMatchObject({ attempts: 1, enqueuedAt: null, lastError: 'The queue is away' })
  expect(row?.retryAt?.getTime()).toBeGreaterThan(row?.createdAt.getTime() ?? Infinity)
  await catalog.db.$executeRaw`UPDATE outbox SET retry_at = retry_at + interval '1 hour' WHERE done_at IS NULL`
  expect(await handOver(catalog.db, refuse), 'before its time').toBe(0)
})

/** @returns milliseconds that were left of the pause after each of some refusals */
async function pausesOfRefusals(): Promise<number[]> {
  await rowsOf(1)
  const pauses: number[] = []
  for (let i = 0; i < 4; i++) {
    await expect(handOver(catalog.db, refuse)).rejects.toThrow('The queue is away')
    const [pause] = await catalog.db.$queryRaw<{ ms: number }[]>`
      UPDATE outbox SET retry_at = clock_timestamp() WHERE done_at IS NULL
      RETURNING (SELECT extract(epoch FROM old.retry_at - clock_timestamp()) * 1000 FROM outbox old WHERE old.id = outbox.id)::float8 AS ms`
    pauses.push(pause?.ms ?? 0)
  }
  return pauses
}

test('waits longer with each refusal', async () => {
  const runs = [await pausesOfRefusals(), await pausesOfRefusals(), await pausesOfRefusals()]
  // The longest of three: from the others a busy machine has taken more.
  const pauses = [0, 1, 2, 3].map((i) => Math.max(...runs.map((run) => run[i] ?? 0)))
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
  expect(pauses.at(-1)).toBeGreaterThan(1_500)
})

test('gives a row to one of two relays', async () => {
  await rowsOf(1, 1, 1)
  const taken: bigint[] = []
  const enqueue = async (rows: readonly OutboxRow[]) => void taken.push(...rows.map(({ id }) => id))
  await Promise.all([handOver(catalog.db, enqueue), handOver(catalog.db, enqueue)])
  expect(taken.toSorted((a, b) => (a < b ? -1 : 1))).toEqual((await waiting()).map(({ id }) => id))
})

test('makes jobs of a bounded size, each row in one of them, in their order', async () => {
  await rowsOf(...Array.from({ length: 500 }, () => 1), 1_000, 1_000, 1_000, 1_000)
  const jobs: number[][] = []
  while ((await handOver(catalog.db, async (rows) => void jobs.push(rows.map((row) => row.entityIds.length)))) > 0);
  expect(jobs.map((sizes) => sizes.reduce((sum, size) => sum + size, 0))).toEqual([3_500, 1_000])
  expect(Math.max(...jobs.map((sizes) => sizes.length))).toBeLessThanOrEqual(JOB_ENTITIES)
})
