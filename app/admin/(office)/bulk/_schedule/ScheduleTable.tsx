import Link from 'next/link'
import type { ScheduleView } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { Badge, Notice } from '../../../../_ui/Notice.tsx'
import { Actor } from '../../../_components/Actor.tsx'
import { TableFrame } from '../../../_components/TableFrame.tsx'
import table from '../../../_components/table.module.css'
import { SCHEDULE_WORDS } from '../_edit/states.ts'
import { Overlaps } from './Overlaps.tsx'
import { switchWords, wall } from './scheduleWords.ts'

/** Schedules, what is to come first. */
export function ScheduleTable({ schedules }: { schedules: readonly ScheduleView[] }) {
  return (
    <TableFrame>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">Why</th>
            <th scope="col">State</th>
            <th scope="col">Start</th>
            <th scope="col">End</th>
            <th scope="col">Who</th>
          </tr>
        </thead>
        <tbody>
          {schedules.map((schedule) => {
            const { id, bulkEditId, reason, state, startsAt, endsAt, timeZone, createdBy, message, problem, overlaps } =
              schedule
            const near = switchWords(schedule)
            return (
              <tr key={id}>
                <th scope="row" className={table.wide}>
                  <Link href={`/admin/bulk/${bulkEditId}`} className={table.main}>
                    {reason}
                  </Link>
                  {near ? <span className={table.sub}>{near}</span> : null}
                  {message ? <span className={table.sub}>{message}</span> : null}
                  {problem ? <Notice tone="danger">{problem}</Notice> : null}
                  {overlaps.length > 0 ? (
                    <span className={table.sub}>
                      <Overlaps overlaps={overlaps} />
                    </span>
                  ) : null}
                </th>
                <td data-label="State">
                  <Badge tone={SCHEDULE_WORDS[state].tone}>{SCHEDULE_WORDS[state].words}</Badge>
                </td>
                <td data-label="Start">
                  {wall(startsAt)}
                  <span className={table.sub}>{timeZone}</span>
                </td>
                <td data-label="End">{endsAt ? wall(endsAt) : <span className="muted">none</span>}</td>
                <td data-label="Who">
                  <Actor name={createdBy} />
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </TableFrame>
  )
}
