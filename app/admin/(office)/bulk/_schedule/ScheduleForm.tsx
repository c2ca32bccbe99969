'use client'

import { useState } from 'react'
import type { ScheduleTimes, ScheduleView } from '#lib/pricing/bulk/contract.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { Field } from '../../../../_ui/Field.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import page from '../../page.module.css'
import type { Answered, Refusal } from '../_lib/bulkApi.ts'
import styles from './ScheduleForm.module.css'

interface Props {
  readonly initial?: ScheduleView
  readonly disabled?: boolean
  readonly submit: (times: ScheduleTimes) => Promise<Answered<ScheduleView>>
  readonly onDone: (schedule: ScheduleView) => void
  readonly onCancel: () => void
}

/** As the input for a local time wants it. */
function local(text: string | null | undefined): string {
  return text?.slice(0, 16) ?? ''
}

function zoneHere(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** When an edit begins and, where it is a sale, when it ends: times on the wall of a stated zone. */
export function ScheduleForm({ initial, disabled = false, submit, onDone, onCancel }: Props) {
  const [startsAt, setStartsAt] = useState(local(initial?.startsAt))
  const [endsAt, setEndsAt] = useState(local(initial?.endsAt))
  const [timeZone, setTimeZone] = useState(initial?.timeZone ?? zoneHere())
  const [priority, setPriority] = useState(String(initial?.priority ?? 0))
  const [refusal, setRefusal] = useState<Refusal>()
  const [busy, setBusy] = useState(false)
  const begun = initial?.state === 'running'
  const errorOf = (field: string) => refusal?.issues.find((issue) => issue.field === field)?.message

  async function send(): Promise<void> {
    setBusy(true)
    setRefusal(undefined)
    const rank = Number(priority)
    const answer = await submit({
      startsAt,
      ...(endsAt !== '' && { endsAt }),
      timeZone,
      ...(priority !== '' && Number.isInteger(rank) && { priority: rank }),
    })
    if (answer.ok) return onDone(answer.value)
    setRefusal(answer.refusal)
    setBusy(false)
  }

  const placed = ['startsAt', 'endsAt', 'timeZone', 'priority'].some((field) => errorOf(field) !== undefined)
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <div className={styles.times}>
        <Field
          id="schedule-start"
          label="Start"
          type="datetime-local"
          required={!begun}
          disabled={begun}
          value={startsAt}
          error={errorOf('startsAt')}
          onChange={(event) => setStartsAt(event.target.value)}
        />
        <Field
          id="schedule-end"
          label="End (then the base prices are shown)"
          type="datetime-local"
          required={begun}
          value={endsAt}
          error={errorOf('endsAt')}
          onChange={(event) => setEndsAt(event.target.value)}
        />
        <Field
          id="schedule-zone"
          label="Time zone"
          list="time-zones"
          required
          value={timeZone}
          error={errorOf('timeZone')}
          onChange={(event) => setTimeZone(event.target.value)}
        />
        <Field
          id="schedule-priority"
          label="Priority among sales"
          type="number"
          min={-1000}
          max={1000}
          step={1}
          value={priority}
          hint="The highest is shown; of equals the one that starts later."
          error={errorOf('priority')}
          onChange={(event) => setPriority(event.target.value)}
        />
        <datalist id="time-zones">
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone}>
              {zone}
            </option>
          ))}
        </datalist>
      </div>
      {refusal && !placed ? (
        <Notice tone="danger" role="alert">
          {refusal.message}
        </Notice>
      ) : null}
      <div className={page.actions}>
        <Button type="submit" disabled={busy || disabled}>
          {busy ? 'Saving…' : initial ? 'Save the times' : 'Approve for this time'}
        </Button>
        <Button variant="quiet" onClick={onCancel} disabled={busy}>
          Back
        </Button>
      </div>
    </form>
  )
}
