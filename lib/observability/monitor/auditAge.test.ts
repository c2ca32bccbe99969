import { expect, it } from 'vitest'
import { auditCheck } from './checks/auditCheck.ts'
import { monitoredShop } from './testing/monitoredShop.ts'

const shop = monitoredShop()

it('deletes entries of the audit log that are older than they are kept, and no others', async () => {
  const { db } = shop.catalog
  await db.$executeRaw`INSERT INTO audit_log (at, actor, via, action)
    SELECT now() - make_interval(days => days), days::text, 'shell', 'tokens.create' FROM unnest(ARRAY[500, 401, 399, 0]) days`
  expect(await shop.findings(auditCheck)).toEqual([])
  const left = await db.auditEntry.findMany({ orderBy: { at: 'asc' } })
  expect(left.map(({ actor }) => actor)).toEqual(['399', '0'])
})
