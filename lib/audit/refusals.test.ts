import { expect, test, vi } from 'vitest'
import type { AuditInput } from './writeAudit.ts'
import { MOST_KINDS, type Refusal, RefusalLog } from './refusals.ts'

interface Written extends AuditInput {
  readonly actor: string
}

function log(everyMs?: number) {
  const written: Written[] = []
  const refusals = new RefusalLog(async ({ actor }, entry) => void written.push({ actor, ...entry }), everyMs)
  return { written, refusals }
}

const refusal = (more: Partial<Refusal> = {}): Refusal => ({
  who: { actor: 'anonymous', kind: 'session' },
  action: 'access.refuse',
  code: 'signed_out',
  address: '192.0.2.1',
  ...more,
})

test('writes the first of a kind at once, and all others of the minute as one entry with their count', async () => {
  const { written, refusals } = log()
  for (let i = 0; i < 1_000; i++) await refusals.record(refusal())
  expect(written.map(({ detail }) => detail)).toEqual([{ code: 'signed_out', address: '192.0.2.1', count: 1 }])
  await refusals.flush()
  expect(written.map(({ detail }) => detail?.['count'])).toEqual([1, 999])
  await refusals.flush()
  expect(written).toHaveLength(2)
})

test('writes at most 41 entries a minute, however many strangers and names there are, and counts them all', async () => {
  const { written, refusals } = log()
  for (let i = 0; i < 5_000; i++)
    await refusals.record(
      refusal({ who: { actor: 'x'.repeat(9_000) + i, kind: 'session' }, address: `198.51.${i >> 8}.${i & 255}` }),
    )
  await refusals.flush()
  expect(written).toHaveLength(MOST_KINDS + 1)
  const counts = written.map(({ detail }) => Number(detail?.['count']))
  expect(counts.reduce((sum, count) => sum + count)).toBe(5_000)
  expect(Math.max(...written.map(({ actor }) => actor.length))).toBe(100)
})

test('counts the addresses of one IPv6 subscriber as one', async () => {
  const { written, refusals } = log()
  for (let i = 0; i < 50; i++) await refusals.record(refusal({ address: `2001:db8:1:2::${i}` }))
  expect(written).toHaveLength(1)
})

test('writes the counts by itself when the time is over', async () => {
  const { written, refusals } = log(5)
  await Promise.all([refusals.record(refusal()), refusals.record(refusal())])
  await vi.waitFor(() => expect(written).toHaveLength(2), { timeout: 5_000 })
})

test('answers as before while the log cannot be written', async () => {
  const refusals = new RefusalLog(() => Promise.reject(new Error('no database')))
  await expect(refusals.record(refusal())).resolves.toBeUndefined()
})
