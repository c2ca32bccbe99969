import Link from 'next/link'
import type { ScheduleOverlap, ScheduleView } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { rows, SCHEDULE_WORDS } from '../_edit/states.ts'
import { switchWords, wall } from './scheduleWords.ts'
import { Badge, Notice } from '../../../../_ui/Notice.tsx'
import { Actor } from '../../../_components/Values.tsx'
import { type Column, DataTable, Main, Sub } from '../../../_components/DataTable.tsx'

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

function Name({ schedule }: { schedule: ScheduleView }) {
  const { bulkEditId, reason, message, problem, warning, overlaps } = schedule
  const near = switchWords(schedule)
  return (
    <>
      <Main>
        <Link href={`/admin/bulk/${bulkEditId}`}>{reason}</Link>
      </Main>
      {near ? <Sub>{near}</Sub> : null}
      {message ? <Sub>{message}</Sub> : null}
      {problem ? <Notice tone="danger">{problem}</Notice> : null}
      {warning ? <Notice tone="warning">{warning}</Notice> : null}
      {overlaps.length > 0 ? (
        <Sub>
          <Overlaps overlaps={overlaps} />
        </Sub>
      ) : null}
    </>
  )
}

const COLUMNS: readonly Column<ScheduleView>[] = [
  { header: 'Why', cell: (schedule) => <Name schedule={schedule} /> },
  {
    header: 'State',
    cell: ({ state }) => <Badge tone={SCHEDULE_WORDS[state].tone}>{SCHEDULE_WORDS[state].words}</Badge>,
  },
  {
    header: 'Start',
    cell: ({ startsAt, timeZone }) => (
      <>
        {wall(startsAt)}
        <Sub>{timeZone}</Sub>
      </>
    ),
  },
  { header: 'End', cell: ({ endsAt }) => (endsAt ? wall(endsAt) : <span className="muted">none</span>) },
  { header: 'Who', cell: ({ createdBy }) => <Actor name={createdBy} /> },
]

/** Schedules, what is to come first. */
export function ScheduleTable({ schedules }: { schedules: readonly ScheduleView[] }) {
  return <DataTable label="Schedules" columns={COLUMNS} rows={schedules} rowKey={({ id }) => id} />
}
