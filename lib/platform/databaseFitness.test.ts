import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { faultProxy } from '#lib/coherence/testing/faultProxy.ts'
import { keepsSessions } from './databaseFitness.ts'
import { testEnv } from './env.ts'

const NAME = 'evergreen-fitness-test'

test('fails, and leaves no rejection behind, when the connection is lost while it listens', async () => {
  const direct = new URL(testEnv().DATABASE_URL)
  const line = await faultProxy({ host: direct.hostname, port: Number(direct.port) })
  const looker = new pg.Client({ connectionString: direct.href })
  await looker.connect()
  const listens = async () => {
    const found = await looker.query('SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND query ~ $2', [
      NAME,
      '^LISTEN',
    ])
    return found.rowCount === 1
  }
  try {
    expect(await keepsSessions(direct.href)).toBe(true)
    line.delay(100)
    const slow = new URL(direct)
    slow.host = `127.0.0.1:${line.port}`
    slow.searchParams.set('application_name', NAME)
    const asked = keepsSessions(slow.href).then(String, String)
    await vi.waitUntil(listens, { timeout: 10_000, interval: 5 })
    await line.cut()
    expect(await asked).toContain('terminated')
  } finally {
    await looker.end()
    await line.close()
  }
})
