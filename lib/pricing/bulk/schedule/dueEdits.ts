import { Prisma } from '#lib/generated/prisma/client.ts'

/** True of an edit `e` that a schedule applies, all of it at its time: no other process does. */
export const HAS_SCHEDULE = Prisma.sql`EXISTS (SELECT FROM price_schedules s WHERE s.bulk_edit_id = e.id)`
