/** Starts and ends of schedules that did not reach every price. */
import type { Finding } from '#lib/alerts/finding.ts'
import { scheduleProblems } from '#lib/pricing/bulk/schedule/scheduleProblems.ts'
import type { Check } from '../context.ts'

export const scheduleCheck: Check = {
  name: 'schedules',
  async run({ db }) {
    return (await scheduleProblems(db)).map(({ id, bulkEditId, reason, problem, atEnd }): Finding => ({
      dedupKey: `schedule:${id}`,
      kind: 'schedule-incomplete',
      severity: atEnd ? 'critical' : 'warning',
      summary: `The schedule “${reason}”: ${problem}`,
      detail: { layer: 'postgres', schedule: id, bulkEdit: bulkEditId, url: `/admin/bulk/${bulkEditId}` },
    }))
  },
}
