import Link from 'next/link'
import type { ScheduleOverlap } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { rows } from '../_edit/states.ts'
import { wall } from './scheduleWords.ts'

const SHOWS: Readonly<Record<ScheduleOverlap['shows'], string>> = {
  this: 'the shop shows this sale.',
  other: 'the shop shows the other sale.',
  undecided: 'both start at once. Give the one that is to be shown a higher priority.',
}

/** The sales at the same time, and which of them the shop shows then. */
export function Overlaps({ overlaps }: { overlaps: readonly ScheduleOverlap[] }) {
  return overlaps.map(({ id, bulkEditId, reason, startsAt, endsAt, products, shows }) => (
    <span key={id} style={{ display: 'block' }}>
      Overlaps with <Link href={`/admin/bulk/${bulkEditId}`}>{reason}</Link> on {rows(products)}, {wall(startsAt)} to{' '}
      {wall(endsAt)}: {SHOWS[shows]}
    </span>
  ))
}
