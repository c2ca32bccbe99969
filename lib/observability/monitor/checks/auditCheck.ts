import { forgetAudit } from '#lib/audit/forgetAudit.ts'
import { env } from '#lib/platform/env.ts'
import type { Check } from '../context.ts'

/** Deletes a batch of old entries of the audit log in each round. What is left goes with the next ones. */
export const auditCheck: Check = {
  name: 'audit',
  async run({ db }) {
    await forgetAudit(db, env().AUDIT_KEPT_DAYS)
    return []
  },
}
