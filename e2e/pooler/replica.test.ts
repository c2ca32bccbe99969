/** A streaming replica for what may be a moment old, and the primary for all else. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { applyMigrations } from '#lib/platform/migrations.ts'
import { db, type Db } from '#lib/platform/db.ts'
import { beat } from '#lib/platform/process/heartbeat.ts'
import { fromReplica } from '#lib/platform/replica.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { checkDatabase } from '../../tools/services/external.ts'
import { type PostgresPair, postgresPair, query } from '../lease/servers/postgresPair.ts'

let postgres: PostgresPair
beforeAll(async () => {
  postgres = await postgresPair()
  await applyMigrations(postgres.primaryUrl)
  await postgres.caughtUp()
  stubEnvironment({ databaseUrl: postgres.primaryUrl, redisUrl: 'redis://127.0.0.1:1' })
  vi.stubEnv('DATABASE_REPLICA_URL', postgres.standbyUrl)
}, 120_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await db().$disconnect()
  await postgres.close()
})

const isReplica = async (from: Db) => {
  const [row] = await from.$queryRaw<{ is: boolean }[]>`SELECT pg_is_in_recovery() AS is`
  return row?.is
}

test('npm start takes a replica of the same database, and refuses one for DATABASE_URL', async () => {
  const { primaryUrl, standbyUrl } = postgres
  expect(await checkDatabase({ url: primaryUrl, replica: standbyUrl })).toEqual([])
  expect(await checkDatabase({ url: primaryUrl, replica: primaryUrl })).toEqual([
    expect.stringContaining('DATABASE_REPLICA_URL leads to the primary'),
  ])
  await expect(checkDatabase({ url: standbyUrl })).rejects.toThrow('DATABASE_URL leads to a replica')
})

test('is asked while it follows, and not when it cannot answer or is more than a minute behind', async () => {
  await beat(db(), 'monitor')
  await postgres.caughtUp()
  expect(await fromReplica(isReplica), 'it follows').toBe(true)

  // A refusal of the replica stands for one that is gone, and for a query that it cancels to go on with its replication.
  await fromReplica((from) => from.$executeRaw`UPDATE heartbeats SET detail = '{"seen": true}'`)
  expect(await query(postgres.primaryUrl, 'SELECT detail FROM heartbeats')).toEqual([{ detail: { seen: true } }])
  expect(await fromReplica(isReplica), 'it is left alone for a while').toBe(false)

  await query(postgres.primaryUrl, "UPDATE heartbeats SET beat_at = now() - interval '2 minutes'")
  await postgres.caughtUp()
  const asked: (boolean | undefined)[] = []
  await vi.waitUntil(
    async () => {
      asked.push(await fromReplica(isReplica))
      // It has been looked at again: the first look counts for five seconds.
      return (
        (
          await query(
            postgres.standbyUrl,
            "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%max(beat_at)%' AND query_start > now() - interval '1 second' AND pid <> pg_backend_pid()",
          )
        ).length > 0
      )
    },
    { timeout: 10_000, interval: 100 },
  )
  expect(asked).not.toContain(true)
})
