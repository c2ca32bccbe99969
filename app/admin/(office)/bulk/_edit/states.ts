import type { BulkEditView, RowState, RowWarning } from '#lib/pricing/bulk/contract.ts'
import type { ScheduleState } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import type { Tone } from '../../../../_ui/Notice.tsx'

interface Said {
  readonly words: string
  readonly tone: Tone
}

/** An edit's state, for those who did not read the documentation. */
export function editState({ state, progress, undoneBy }: BulkEditView): Said {
  switch (state) {
    case 'previewed':
      return { words: 'Waits for approval', tone: 'neutral' }
    case 'approved':
      return { words: 'Approved', tone: 'neutral' }
    case 'applying':
      return { words: 'Being applied', tone: 'warning' }
    case 'applied':
      if (undoneBy) return { words: 'Undone', tone: 'neutral' }
      return progress.conflicts > 0
        ? { words: 'Applied, with conflicts', tone: 'warning' }
        : { words: 'Applied', tone: 'success' }
    case 'cancelled':
      return { words: progress.applied > 0 ? 'Stopped' : 'Cancelled', tone: 'neutral' }
    case 'failed':
      return { words: 'Failed', tone: 'danger' }
  }
}

export const KINDS: Readonly<Record<BulkEditView['kind'], string>> = {
  edit: 'Edit',
  undo: 'Undo',
  retry: 'Retry',
  'schedule-end': 'End of a schedule',
}

export const ROW_STATE_WORDS: Readonly<Record<RowState, string>> = {
  pending: 'To be changed',
  applied: 'Changed',
  conflict: 'Conflict',
  skipped: 'Stays as it is',
  refused: 'Refused',
}

/** A row that an edit did not come to before it was stopped. */
export const LEFT = 'Left as it was'

export const WARNING_WORDS: Readonly<Record<RowWarning, string>> = {
  'large-change': 'Large change',
  'below-floor': 'Below the floor',
  rise: 'Higher, though the rule lowers',
  'on-sale': 'On sale already',
  'below-sale': 'Below the price of a sale',
  'below-lowest': 'Below the lowest of 30 days',
  'below-cost': 'Below cost',
  'refused-not-positive': 'Not above zero',
  'refused-compare-at': 'Compare-at too low',
  'refused-too-large': 'Too high',
  'refused-currency': 'Other currency',
  'refused-changed': 'Changed since',
}

export const SCHEDULE_WORDS: Readonly<Record<ScheduleState, Said>> = {
  pending: { words: 'Planned', tone: 'neutral' },
  running: { words: 'Running', tone: 'success' },
  done: { words: 'Over', tone: 'neutral' },
  cancelled: { words: 'Cancelled', tone: 'neutral' },
  failed: { words: 'Missed', tone: 'danger' },
}

export function rows(n: number, one = 'price'): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : `${one}s`}`
}
