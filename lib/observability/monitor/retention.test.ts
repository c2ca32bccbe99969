/** Deletion by age: the rows that go, the rows that stay, and the alert when the monitor does not keep up. */
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { retention } from '#lib/observability/retention/retention.ts'
import { retentionCheck } from './checks/retentionCheck.ts'
import { monitorMetrics } from './metrics.ts'
import { monitoredShop } from './testing/monitoredShop.ts'

const shop = monitoredShop()
const db = () => shop.catalog.db

const invalidated = (outboxId: bigint, days: number) => db().$executeRaw`
  INSERT INTO invalidations (job_id, outbox_ids, layer, attempt, entities, duration_ms, created_at)
  VALUES (${`${days} days`}, ARRAY[${outboxId}::bigint], 'page', 1, 1, 1, now() - make_interval(days => ${days}))`
const resolved = (days: number, count = 1) => db().$executeRaw`
  INSERT INTO alerts (dedup_key, kind, severity, summary, detail, raised_at, resolved_at)
  SELECT ${`${days} days`}, 'queue-age', 'warning', '', '{}', now() - interval '1 year', now() - make_interval(days => ${days})
  FROM generate_series(1, ${count}::int)`
const read = (verdict: string, hours: number) => db().$executeRaw`
  INSERT INTO probe_readings (layer, target, url, product_id, expected_version, expected_at, verdict, probed_at)
  VALUES ('page', 'web', ${`${verdict} ${hours}`}, 1, 1, now(), ${verdict}, now() - make_interval(hours => ${hours}))`

describe('retention', () => {
  it('deletes what is older than its table is kept, and nothing that is needed', async () => {
    const pending = await shop.change(1, 40 * 86_400)
    const done = await shop.change(2, 36 * 86_400)
    const young = await shop.change(3, 34 * 86_400)
    await db().$executeRaw`UPDATE outbox SET done_at = now(), indexed_at = now() WHERE id <> ${pending}`
    await Promise.all([invalidated(pending, 39), invalidated(done, 36), invalidated(young, 34)])
    await Promise.all([resolved(91), resolved(89)])
    await db().$executeRaw`
      INSERT INTO alerts (dedup_key, kind, severity, summary, detail, raised_at) VALUES ('open', 'queue-age', 'warning', '', '{}', now() - interval '1 year')`
    await Promise.all([
      read('fresh', 25),
      read('fresh', 23),
      read('torn', 25),
      read('torn', 24 * 89),
      read('torn', 24 * 92),
    ])

    await db().$executeRaw`INSERT INTO audit_log (at, actor, via, action)
      SELECT now() - make_interval(days => days), days::text, 'shell', 'tokens.create' FROM unnest(ARRAY[500, 401, 399]) days`

    const forgotten = async (table: string) =>
      (await monitorMetrics().rowsForgotten.get()).values.find(({ labels }) => labels.table === table)?.value ?? 0
    const before = await forgotten('outbox')
    expect(await shop.findings(retentionCheck())).toEqual([])

    const ids = (await db().outbox.findMany({ where: { id: { gte: pending } }, orderBy: { id: 'asc' } })).map(
      ({ id }) => id,
    )
    expect(ids).toEqual([pending, young])
    expect(await forgotten('outbox')).toBe(before + 1)
    const jobs = await db().invalidation.findMany({ select: { jobId: true }, orderBy: { createdAt: 'asc' } })
    expect(
      jobs.map(({ jobId }) => jobId),
      'one of an open row stays',
    ).toEqual(['39 days', '34 days'])
    const entries = await db().auditEntry.findMany({ select: { actor: true }, orderBy: { at: 'asc' } })
    expect(entries.map(({ actor }) => actor)).toEqual(['399'])
    const alerts = await db().alert.findMany({ select: { dedupKey: true }, orderBy: { dedupKey: 'asc' } })
    expect(alerts.map(({ dedupKey }) => dedupKey)).toEqual(['89 days', 'open'])
    const readings = await db().probeReading.findMany({ select: { url: true }, orderBy: { probedAt: 'asc' } })
    expect(readings.map(({ url }) => url)).toEqual([`torn ${24 * 89}`, 'torn 25', 'fresh 23'])
  })

  it('says how large each table is', async () => {
    await shop.findings(retentionCheck())
    const { values } = await monitorMetrics().tableBytes.get()
    expect(new Set(values.map(({ labels }) => labels.table))).toEqual(new Set(retention().map(({ table }) => table)))
    expect(values.every(({ value }) => value > 0)).toBe(true)
    await db().$executeRaw`ANALYZE outbox`
    await shop.findings(retentionCheck())
    const rows = (await monitorMetrics().tableRows.get()).values.find(({ labels }) => labels.table === 'outbox')
    expect(rows?.value).toBe(await db().outbox.count())
  })

  it('deletes a part in a round, and says that a table is a day late until nothing is left', async () => {
    await resolved(92, 10_001)
    const check = retentionCheck()
    const round = () => shop.findings(check, { intervalMs: 0 })
    expect(await round()).toMatchObject([
      {
        kind: 'retention-behind',
        dedupKey: 'alerts',
        summary: expect.stringMatching(/alerts keeps rows .* than 90 days: more comes/),
      },
    ])
    expect(await db().alert.count()).toBe(5_001)
    expect(await round()).toHaveLength(1)
    expect(await round()).toEqual([])
    expect(await db().alert.count()).toBe(0)
    await resolved(92)
    expect(await round(), 'it rests').toEqual([])
    expect(await db().alert.count()).toBe(1)
  })

  it('says why a table cannot be deleted from, and goes on with the others', async () => {
    await Promise.all([invalidated(1n, 37), resolved(91)])
    await db().$executeRaw`
      CREATE TRIGGER keep BEFORE DELETE ON invalidations FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('a test')`
    try {
      expect(await shop.findings(retentionCheck())).toMatchObject([
        { dedupKey: 'invalidations', summary: expect.stringMatching(/the deletion fails: .*a test/s) },
      ])
      expect(await db().alert.count()).toBe(0)
    } finally {
      await db().$executeRaw`DROP TRIGGER keep ON invalidations`
    }
  })

  it('is described in the guide as it is in the code', async () => {
    const guide = await readFile('docs/operations/retention.md', 'utf8')
    const described = [...guide.matchAll(/^\| `(\w+)` \| (\d+) \| (.*) \|$/gm)].map(([, table, days, why]) => ({
      table,
      days: Number(days),
      why,
    }))
    expect(described).toEqual(retention().map(({ table, days, why }) => ({ table, days, why })))
  })
})
