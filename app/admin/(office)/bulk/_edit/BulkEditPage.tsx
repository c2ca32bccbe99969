'use client'

import Link from 'next/link'
import { useEffect, useState } from 'react'
import type { Permission } from '#lib/access/permissions.ts'
import type { BulkEditView } from '#lib/pricing/bulk/contract.ts'
import type { ScheduleView } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { Badge, Notice } from '../../../../_ui/Notice.tsx'
import { watchTopic } from '../../../_events/watchTopic.ts'
import { absolute } from '../../../_lib/time.ts'
import { ScheduleNotice } from '../_schedule/ScheduleNotice.tsx'
import { DecisionPanel } from './DecisionPanel.tsx'
import { DistributionChart, SummaryTiles } from './Summary.tsx'
import { OutcomePanel } from './OutcomePanel.tsx'
import { PreviewRows } from './PreviewRows.tsx'
import { ProgressPanel } from './ProgressPanel.tsx'
import { editState, KINDS, rows } from './states.ts'
import { Fact, Facts, PageHead, Stack } from '../../../_components/Layout.tsx'

const MOVES: ReadonlySet<BulkEditView['state']> = new Set(['approved', 'applying'])

/** The edit as it moves on, by event stream, from the moment on in which it may. */
function useBulkEdit(initial: BulkEditView): { edit: BulkEditView; replace: (edit: BulkEditView) => void } {
  const [edit, setEdit] = useState(initial)
  const moves = MOVES.has(edit.state)
  const { id } = edit

  useEffect(() => {
    if (!moves) return
    return watchTopic(`edit=${id}`, {
      value(text) {
        const next: BulkEditView = JSON.parse(text)
        setEdit(next)
      },
    })
  }, [id, moves])

  return { edit, replace: setEdit }
}

interface Props {
  readonly initial: BulkEditView
  readonly schedule: ScheduleView | null
  readonly selection: readonly string[]
  readonly rules: readonly string[]
  readonly cells: number
  readonly permissions: readonly Permission[]
}

function at(moment: string) {
  return <time dateTime={moment}>{absolute(new Date(moment))}</time>
}

/** One edit, from its preview to its outcome. */
export function BulkEditPage({ initial, schedule: planned, selection, rules, cells, permissions }: Props) {
  const { edit, replace } = useBulkEdit(initial)
  const [schedule, setSchedule] = useState(planned)
  const { words, tone } = editState(edit)
  const waits = schedule?.state === 'pending'
  const sale = schedule !== null && schedule.endsAt !== null && schedule.endEditId === null ? schedule : null
  return (
    <>
      <div>
        <nav aria-label="Breadcrumb">
          <Link href="/admin/bulk">Bulk edits</Link>
        </nav>
        <PageHead
          title={edit.reason}
          lead={
            <>
              {KINDS[edit.kind]} by {edit.createdBy}, {at(edit.createdAt)}
              {edit.approvedBy ? ` · approved by ${edit.approvedBy}` : ''}
              {edit.appliedAt ? <> · applied {at(edit.appliedAt)}</> : ''}
              {edit.of ? (
                <>
                  {' '}
                  · follows <Link href={`/admin/bulk/${edit.of}`}>another edit</Link>
                </>
              ) : null}
            </>
          }
        >
          <Badge tone={waits ? 'neutral' : tone}>{waits ? 'Scheduled' : words}</Badge>
        </PageHead>
      </div>
      <Facts look="named">
        {selection.length > 0 ? <Fact name="Products">{selection.join(' · ')}</Fact> : null}
        <Fact name="Change">
          {[
            rules.join(', then '),
            cells > 0 ? `${rows(cells, 'row')} with a price of ${cells === 1 ? 'its' : 'their'} own` : '',
          ]
            .filter((part) => part !== '')
            .join('; ') ||
            (edit.kind === 'undo' || edit.kind === 'schedule-end' ? 'each price back to what it was' : 'nothing')}
        </Fact>
      </Facts>
      {edit.error ? (
        <Notice tone="danger" role="alert">
          {edit.error}
        </Notice>
      ) : null}
      {schedule ? (
        <ScheduleNotice schedule={schedule} mayChange={permissions.includes('bulk:approve')} onChange={setSchedule} />
      ) : null}
      {edit.summary ? <SummaryTiles summary={edit.summary} progress={edit.progress} state={edit.state} /> : null}
      {edit.state === 'previewed' ? (
        <DecisionPanel edit={edit} permissions={permissions} onEdit={replace} onSchedule={setSchedule} />
      ) : null}
      {(edit.state === 'approved' && !waits) || edit.state === 'applying' ? (
        <ProgressPanel edit={edit} onEdit={replace} mayCancel={permissions.includes('bulk:approve')} />
      ) : null}
      {edit.state === 'applied' || edit.state === 'cancelled' || edit.state === 'failed' ? (
        <OutcomePanel edit={edit} permissions={permissions} sale={sale} />
      ) : null}
      <Stack gap={5}>
        {edit.summary && edit.summary.changed > 0 ? (
          <DistributionChart distribution={edit.summary.distribution} />
        ) : null}
        {edit.rowsForgotten ? (
          <Notice>
            The rows of this edit are no longer kept: it cannot be undone, retried or exported. The history of each
            product says what it cost.
          </Notice>
        ) : (
          <PreviewRows
            key={`${edit.id} ${edit.state}`}
            edit={edit}
            sale={sale}
            mayRetry={permissions.includes('bulk:approve')}
          />
        )}
      </Stack>
    </>
  )
}
