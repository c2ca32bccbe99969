'use client'

import { useSearchParams } from 'next/navigation'
import { useCallback, useState, useSyncExternalStore } from 'react'
import type { Permission } from '#lib/access/permissions.ts'
import { type BulkEditView, isLimit } from '#lib/pricing/bulk/contract.ts'
import type { ScheduleTimes, ScheduleView } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { Button, ButtonLink } from '../../../../_ui/Button.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { storedEditId } from '../_editor/draftStorage.ts'
import { adminApi, ask, type Refusal } from '../../../_lib/adminApi.ts'
import { ScheduleForm } from '../_schedule/ScheduleForm.tsx'
import { Confirmations } from './Confirmations.tsx'
import styles from './edit.module.css'
import { rows, WARNING_WORDS } from './states.ts'
import { Row, Section } from '../../../_components/Layout.tsx'

interface Props {
  readonly edit: BulkEditView
  readonly permissions: readonly Permission[]
  readonly onEdit: (edit: BulkEditView) => void
  readonly onSchedule: (schedule: ScheduleView) => void
}

/** The kept draft of a tab changes in the editor only. */
function neverChanges(): () => void {
  return () => undefined
}

/** @returns the reason why the user may not decide, or undefined */
function hindrance({ summary }: BulkEditView, permissions: readonly Permission[]): string | undefined {
  if (!permissions.includes('bulk:approve')) return 'You may look at this preview. Approving it needs the role editor.'
  if ((summary?.changed ?? 0) === 0) return 'No price would change: there is nothing to approve.'
  if (summary?.confirmations.some(isLimit) && !permissions.includes('bulk:large'))
    return 'This goes beyond the limits of your role. An administrator can approve it: send the address of this page.'
  return undefined
}

/** @returns the times that the import of a file put into the address */
function timesIn(params: { get(name: string): string | null }) {
  if (params.get('plan') !== 'sale') return undefined
  return {
    startsAt: params.get('startsAt') ?? '',
    endsAt: params.get('endsAt') ?? '',
    timeZone: params.get('timeZone') ?? 'UTC',
  }
}

/** The step after the preview: approve now, or for a time. */
export function DecisionPanel({ edit, permissions, onEdit, onSchedule }: Props) {
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({})
  const params = useSearchParams()
  /** The times that a file names for it. */
  const [suggested] = useState(() => timesIn(params))
  const [planning, setPlanning] = useState(suggested !== undefined)
  /** Prices of a sale that are tried again: without an end they would be base prices for good. */
  const onlyPlanned = edit.kind === 'retry' && suggested !== undefined
  /** The schedule that this preview may take over. */
  const replaces = params.get('replaces')
  const [busy, setBusy] = useState<'approve' | 'cancel'>()
  const [refusal, setRefusal] = useState<Refusal>()
  const confirmations = edit.summary?.confirmations ?? []
  const missing = confirmations.filter(({ kind, phrase }) => typed[kind]?.trim() !== phrase)
  const why = hindrance(edit, permissions)
  const draftIsHere = useSyncExternalStore(
    neverChanges,
    () => storedEditId() === edit.id,
    () => false,
  )
  const phrases = confirmations.map(({ phrase }) => phrase)

  const checkTimes = useCallback(
    (times: ScheduleTimes, signal: AbortSignal) =>
      ask(
        adminApi['bulk-edits'][':id'].schedule['dry-run'].$post(
          { param: { id: edit.id }, json: times },
          { init: { signal } },
        ),
      ),
    [edit.id],
  )

  async function replace(scheduleId: string): Promise<void> {
    setBusy('approve')
    setRefusal(undefined)
    const answer = await ask(
      adminApi.schedules[':id'].edit.$put({
        param: { id: scheduleId },
        json: { bulkEditId: edit.id, confirmations: phrases, previewedAt: edit.previewedAt },
      }),
    )
    if (answer.ok) {
      onSchedule(answer.value)
      onEdit({ ...edit, state: 'approved', source: 'schedule' })
    } else setRefusal(answer.refusal)
    setBusy(undefined)
  }

  async function decide(what: 'approve' | 'cancel'): Promise<void> {
    setBusy(what)
    setRefusal(undefined)
    if (what === 'approve') {
      const answer = await ask(
        adminApi['bulk-edits'][':id'].approve.$post({
          param: { id: edit.id },
          json: { confirmations: phrases, previewedAt: edit.previewedAt },
        }),
      )
      if (answer.ok) onEdit(answer.value.edit)
      else setRefusal(answer.refusal)
    } else {
      const answer = await ask(adminApi['bulk-edits'][':id'].cancel.$post({ param: { id: edit.id } }))
      if (answer.ok) onEdit(answer.value)
      else setRefusal(answer.refusal)
    }
    setBusy(undefined)
  }

  return (
    <Section id="decide" title="Approve" panel>
      {why ? (
        <Notice>{why}</Notice>
      ) : (
        <>
          <p className="muted">
            Nothing has changed yet. A price that changes before the approval stays as it is and is reported.
          </p>
          {edit.summary && edit.summary.doubts.length > 0 ? (
            <ul className={styles.doubts} aria-label="Look at these first">
              {edit.summary.doubts.map(({ doubt, rows: count }) => (
                <li key={doubt}>
                  {WARNING_WORDS[doubt]}: {rows(count)}
                </li>
              ))}
            </ul>
          ) : null}
          <Confirmations
            confirmations={confirmations}
            typed={typed}
            onType={(kind, text) => setTyped((before) => ({ ...before, [kind]: text }))}
          />
        </>
      )}
      {refusal ? (
        <Notice tone="danger" role="alert">
          {refusal.message}
        </Notice>
      ) : null}
      {planning && !why ? (
        <ScheduleForm
          suggested={suggested}
          check={checkTimes}
          submit={(times) =>
            ask(
              adminApi['bulk-edits'][':id'].schedule.$post({
                param: { id: edit.id },
                json: { ...times, confirmations: phrases, previewedAt: edit.previewedAt },
              }),
            )
          }
          disabled={missing.length > 0}
          onDone={(schedule) => {
            onSchedule(schedule)
            onEdit({ ...edit, state: 'approved', source: 'schedule', approvedBy: schedule.createdBy })
          }}
          onCancel={() => setPlanning(false)}
        />
      ) : (
        <Row>
          {why ? null : (
            <>
              {replaces === null ? null : (
                <Button onClick={() => void replace(replaces)} disabled={busy !== undefined || missing.length > 0}>
                  Approve in place of the scheduled preview
                </Button>
              )}
              {onlyPlanned ? null : (
                <Button
                  variant={replaces === null ? 'primary' : 'secondary'}
                  onClick={() => void decide('approve')}
                  disabled={busy !== undefined || missing.length > 0}
                >
                  {busy === 'approve' ? 'Applying…' : `Approve and change ${rows(edit.summary?.changed ?? 0)}`}
                </Button>
              )}
              <Button variant="secondary" onClick={() => setPlanning(true)} disabled={busy !== undefined}>
                Schedule…
              </Button>
            </>
          )}
          {permissions.includes('bulk:write') && draftIsHere ? (
            <ButtonLink variant="secondary" href={`/admin/bulk/new?edit=${edit.id}`}>
              Change the draft
            </ButtonLink>
          ) : null}
          {permissions.includes('bulk:approve') ? (
            <Button variant="quiet" onClick={() => void decide('cancel')} disabled={busy !== undefined}>
              Discard
            </Button>
          ) : null}
        </Row>
      )}
    </Section>
  )
}
