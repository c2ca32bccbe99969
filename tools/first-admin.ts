/** Makes the first administrator from ADMIN_EMAIL and ADMIN_PASSWORD. `npm start` runs it after the seed. */
import { ensureFirstAdmin } from '#lib/auth/firstAdmin.ts'
import { db } from '#lib/platform/db.ts'

const { email, outcome } = await ensureFirstAdmin()
console.log(`Administrator ${email}: ${outcome}`)
await db().$disconnect()
