import { Prisma } from '#lib/generated/prisma/client.ts'

/**
 * True of an edit `e` whose time it is: its schedule, where it has one, has begun and not ended. Prices of a sale that is
 * over are not applied any more, however late the worker comes.
 */
export const IS_DUE = Prisma.sql`
  NOT EXISTS (SELECT FROM price_schedules s WHERE s.bulk_edit_id = e.id AND (s.state = 'pending' OR (s.state = 'running' AND s.ends_at <= clock_timestamp())))`
