'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import type { ScheduleTimes, ScheduleView } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { adminApi, ask, type Refusal } from '../../../_lib/adminApi.ts'
import { ScheduleForm } from './ScheduleForm.tsx'
import { Overlaps } from './ScheduleTable.tsx'
import { span, switchWords } from './scheduleWords.ts'
import { Row, Stack } from '../../../_components/Layout.tsx'

interface Props {
  readonly schedule: ScheduleView
  readonly mayChange: boolean
  readonly onChange: (schedule: ScheduleView) => void
}

const SENTENCES: Readonly<Record<ScheduleView['state'], string>> = {
  pending: 'Scheduled.',
  running: 'Running.',
  done: 'This schedule is over.',
  cancelled: 'This schedule was cancelled.',
  failed: 'This schedule was missed.',
}

/** The times of an edit, and the ways to change or end them. */
export function ScheduleNotice({ schedule, mayChange, onChange }: Props) {
  const [changing, setChanging] = useState(false)
  const [busy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const router = useRouter()
  const { id, state, message, endEditId } = schedule
  const open = state === 'pending' || state === 'running'

  const checkTimes = useCallback(
    (times: ScheduleTimes, signal: AbortSignal) =>
      ask(adminApi.schedules[':id']['dry-run'].$post({ param: { id }, json: times }, { init: { signal } })),
    [id],
  )

  async function cancel(): Promise<void> {
    setBusy(true)
    const answer = await ask(adminApi.schedules[':id'].$delete({ param: { id } }))
    if (answer.ok) onChange(answer.value)
    else setRefusal(answer.refusal)
    setBusy(false)
  }

  async function previewAnew(): Promise<void> {
    setBusy(true)
    const answer = await ask(adminApi.schedules[':id'].preview.$post({ param: { id } }))
    if (answer.ok) {
      scrollTo(0, 0) // the next page begins where this one is left
      return router.push(`/admin/bulk/${answer.value.id}?replaces=${id}`)
    }
    setRefusal(answer.refusal)
    setBusy(false)
  }

  return (
    <Stack as="section" aria-label="Schedule">
      <Notice tone={state === 'failed' ? 'danger' : 'neutral'}>
        <strong>{SENTENCES[state]}</strong> {span(schedule)} {switchWords(schedule)} {message}
        {state === 'done' && endEditId ? (
          <>
            {' '}
            <Link href={`/admin/bulk/${endEditId}`}>The edit that ended it</Link>
          </>
        ) : null}
      </Notice>
      {schedule.problem ? <Notice tone="danger">{schedule.problem}</Notice> : null}
      {schedule.warning ? <Notice tone="warning">{schedule.warning}</Notice> : null}
      {schedule.overlaps.length > 0 ? (
        <Notice tone="warning">
          <Overlaps overlaps={schedule.overlaps} />
        </Notice>
      ) : null}
      {refusal ? (
        <Notice tone="danger" role="alert">
          {refusal.message}
        </Notice>
      ) : null}
      {changing && open ? (
        <ScheduleForm
          initial={schedule}
          check={checkTimes}
          submit={(times) => ask(adminApi.schedules[':id'].$put({ param: { id }, json: times }))}
          onDone={(changed) => {
            onChange(changed)
            setChanging(false)
          }}
          onCancel={() => setChanging(false)}
        />
      ) : open && mayChange ? (
        <Row>
          <Button variant="secondary" onClick={() => setChanging(true)} disabled={busy}>
            Change the times
          </Button>
          {state === 'pending' ? (
            <Button variant="secondary" onClick={() => void previewAnew()} disabled={busy}>
              New preview…
            </Button>
          ) : null}
          <Button variant="danger" onClick={() => void cancel()} disabled={busy}>
            {state === 'pending' ? 'Cancel the schedule' : 'End it now'}
          </Button>
        </Row>
      ) : null}
    </Stack>
  )
}
