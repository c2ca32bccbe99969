/** The slot of the stream of changes, on a real Postgres: its size, and the alert when no process reads it. */
import { expect, it, vi } from 'vitest'
import { ensurePublication, ensureSlot, type Query } from '#lib/delivery/changes/cdc/slot.ts'
import { changeStreamCheck } from './checks/changeStreamCheck.ts'
import { monitorMetrics } from './metrics.ts'
import { monitoredShop } from './testing/monitoredShop.ts'

const monitored = monitoredShop()
const query: Query = (sql, values = []) => monitored.catalog.db.$queryRawUnsafe<object[]>(sql, ...values)
const valueOf = async () => (await monitorMetrics().streamBehind.get()).values[0]?.value

it('says nothing while there is no slot', async () => {
  expect(await monitored.findings(changeStreamCheck())).toEqual([])
})

it('measures what was not handed on, and reports a slot that no process reads for two rounds', async () => {
  await ensurePublication(query)
  await ensureSlot(query)
  const check = changeStreamCheck()
  expect(await monitored.findings(check)).toEqual([])
  const before = (await valueOf()) ?? NaN
  await monitored.change(3, 0)
  await vi.waitFor(async () => {
    expect(await monitored.findings(check)).toMatchObject([
      {
        kind: 'change-stream-behind',
        severity: 'critical',
        summary: expect.stringMatching(
          /^The stream of changes is behind: no process reads the slot evergreen_\d+, and Postgres keeps \d+ MB/,
        ),
        detail: { active: false, status: 'reserved' },
      },
    ])
    expect(await valueOf()).toBeGreaterThan(before)
  }, 10_000)
})

it('has no size of a slot that is gone', async () => {
  await query(
    'SELECT pg_drop_replication_slot(slot_name)::text FROM pg_replication_slots WHERE database = current_database()',
  )
  expect(await monitored.findings(changeStreamCheck())).toEqual([])
  expect(await valueOf()).toBeUndefined()
})
