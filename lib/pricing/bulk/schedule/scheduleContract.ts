/** The plan of an edit: its times, its states and its view, for the back office and the API alike. */
import { z } from 'zod'

/** When an edit is to be applied and ended. Times are those of a clock on the wall in `timeZone`. */
export const scheduleTimes = z.strictObject({
  /** `2026-11-27T09:00`, or with an offset where the clock shows the time twice: `2026-10-25T02:30+02:00`. */
  startsAt: z.string().max(40),
  endsAt: z.string().max(40).optional(),
  /** IANA: `Europe/Berlin`. */
  timeZone: z.string().min(1).max(64),
  /** The priority among sales that are active at the same time: the highest is shown, of equals the one that starts later. Absent: as it is, or 0. */
  priority: z.number().int().min(-1000).max(1000).optional(),
})
export type ScheduleTimes = z.infer<typeof scheduleTimes>

export const SCHEDULE_STATES = ['pending', 'running', 'done', 'cancelled', 'failed'] as const
export type ScheduleState = (typeof SCHEDULE_STATES)[number]

/** Another sale that is active for some of the products at the same time. */
export interface ScheduleOverlap {
  readonly id: string
  readonly bulkEditId: string
  readonly reason: string
  /** The time that both are active, as ISO 8601 with an offset. */
  readonly startsAt: string
  readonly endsAt: string
  /** The number of products in both. */
  readonly products: number
  /** The one of the two that the shop shows in that time. `undecided`: before a plan that would start with it, at the same priority. */
  readonly shows: 'this' | 'other' | 'undecided'
}

/** The facts that a person must know before an edit is planned for a time. */
export interface PlanCheck {
  /** The sales that it would meet, the first to start first. */
  readonly overlaps: readonly ScheduleOverlap[]
  /** Prices of the sale that are not below the base price as it is now. */
  readonly notReduced: number
}

export interface ScheduleView {
  readonly id: string
  readonly bulkEditId: string
  readonly reason: string
  /** `running`: begun, and its end is to come. */
  readonly state: ScheduleState
  readonly timeZone: string
  /** ISO 8601 with the offset of the zone. */
  readonly startsAt: string
  readonly endsAt: string | null
  readonly createdBy: string
  readonly startedAt: string | null
  readonly endedAt: string | null
  /** The edit that ended it, where that was before sales were layers. */
  readonly endEditId: string | null
  readonly message: string | null
  /** Its next step, which all its prices take at one moment: `preparing`, or `ready` when it waits for its time. */
  readonly switching: 'preparing' | 'ready' | null
  readonly priority: number
  readonly overlaps: readonly ScheduleOverlap[]
  /** The failure of a start or an end, and the remedy. */
  readonly problem: string | null
  /** Prices that will not be as they were planned, or are no reduction, and the remedy. */
  readonly warning: string | null
}
