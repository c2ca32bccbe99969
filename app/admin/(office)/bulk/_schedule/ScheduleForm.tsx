'use client'

import { useState } from 'react'
import type { PlanCheck, ScheduleTimes, ScheduleView } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { Field } from '../../../../_ui/Field.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import page from '../../page.module.css'
import { rows } from '../_edit/states.ts'
import type { Answered, Refusal } from '../../../_lib/adminApi.ts'
import { Overlaps } from './Overlaps.tsx'
import styles from './ScheduleForm.module.css'
import { type CheckTimes, usePlanCheck } from './usePlanCheck.ts'
import { isUndecided, WallTimeField, wallText } from './WallTimeField.tsx'

interface Props {
  readonly initial?: ScheduleView
  /** The values of the form where there is no schedule yet. */
  readonly suggested?: Pick<ScheduleTimes, 'startsAt' | 'endsAt' | 'timeZone'> | undefined
  readonly disabled?: boolean
  readonly check: CheckTimes
  readonly submit: (times: ScheduleTimes) => Promise<Answered<ScheduleView>>
  readonly onDone: (schedule: ScheduleView) => void
  readonly onCancel: () => void
}

/** As the input for a local time wants it, and which of two moments it was. */
function local(text: string | null | undefined): { readonly value: string; readonly offset: string } {
  return { value: text?.slice(0, 16) ?? '', offset: text?.slice(-6) ?? '' }
}

function zoneHere(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** The effect of the times, before they are confirmed. */
function PlanNotice({ plan }: { plan: PlanCheck | undefined }) {
  const meets = plan && (plan.overlaps.length > 0 || plan.notReduced > 0)
  return (
    <div aria-live="polite">
      {meets ? (
        <Notice tone="warning">
          <Overlaps overlaps={plan.overlaps} />
          {plan.notReduced > 0 ? `${rows(plan.notReduced)} would not be below the base price as it is now.` : null}
        </Notice>
      ) : null}
      {plan && !meets ? <p className="muted">No other sale has these products in this time.</p> : null}
    </div>
  )
}

/** When an edit begins and, where it is a sale, when it ends: times on the wall of a stated zone. */
export function ScheduleForm({ initial, suggested, disabled = false, check, submit, onDone, onCancel }: Props) {
  const [startsAt, setStartsAt] = useState(local((initial ?? suggested)?.startsAt))
  const [endsAt, setEndsAt] = useState(local((initial ?? suggested)?.endsAt))
  const [timeZone, setTimeZone] = useState((initial ?? suggested)?.timeZone ?? zoneHere())
  const [priority, setPriority] = useState(String(initial?.priority ?? 0))
  const [refusal, setRefusal] = useState<Refusal>()
  const [busy, setBusy] = useState(false)
  const begun = initial?.state === 'running'
  const errorOf = (field: string) => refusal?.issues.find((issue) => issue.field === field)?.message

  const rank = Number(priority)
  const times: ScheduleTimes = {
    startsAt: wallText(startsAt.value, startsAt.offset, timeZone),
    ...(endsAt.value !== '' && { endsAt: wallText(endsAt.value, endsAt.offset, timeZone) }),
    timeZone,
    ...(priority !== '' && Number.isInteger(rank) && { priority: rank }),
  }
  const undecided = [startsAt, endsAt].some(({ value, offset }) => isUndecided(value, offset, timeZone))
  const complete = startsAt.value !== '' && endsAt.value !== '' && !undecided
  const { plan, checking } = usePlanCheck(check, complete ? times : undefined)

  async function send(): Promise<void> {
    setBusy(true)
    setRefusal(undefined)
    const answer = await submit(times)
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
        <WallTimeField
          id="schedule-start"
          label="Start"
          required={!begun}
          disabled={begun}
          timeZone={timeZone}
          value={startsAt.value}
          offset={startsAt.offset}
          error={errorOf('startsAt')}
          onChange={(value, offset) => setStartsAt({ value, offset })}
        />
        <WallTimeField
          id="schedule-end"
          label="End"
          hint="Then the base prices are shown."
          required={begun}
          timeZone={timeZone}
          value={endsAt.value}
          offset={endsAt.offset}
          error={errorOf('endsAt')}
          onChange={(value, offset) => setEndsAt({ value, offset })}
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
      <PlanNotice plan={plan} />
      {refusal && !placed ? (
        <Notice tone="danger" role="alert">
          {refusal.message}
        </Notice>
      ) : null}
      <div className={page.actions}>
        <Button type="submit" disabled={busy || disabled || undecided || checking}>
          {busy ? 'Saving…' : initial ? 'Save the times' : 'Approve for this time'}
        </Button>
        <Button variant="quiet" onClick={onCancel} disabled={busy}>
          Back
        </Button>
      </div>
    </form>
  )
}
