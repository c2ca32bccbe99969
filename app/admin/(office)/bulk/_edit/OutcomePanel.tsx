'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { Permission } from '#lib/access/permissions.ts'
import type { BulkEditView, LeftState } from '#lib/pricing/bulk/contract.ts'
import type { ScheduleView } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { adminApi, ask, type Refusal } from '../../../_lib/adminApi.ts'
import { planAddress } from '../_schedule/scheduleWords.ts'
import { rows } from './states.ts'
import { Row } from '../../../_components/Layout.tsx'

function Sentence({ edit }: { edit: BulkEditView }) {
  const { applied, conflicts } = edit.progress
  if (applied === 0 && conflicts === 0)
    return <Notice>This edit was {edit.state === 'failed' ? 'not applied' : 'cancelled'}: no price was changed.</Notice>
  if (edit.undoneBy) {
    return (
      <Notice>
        <strong>
          {rows(applied)} {applied === 1 ? 'was' : 'were'} changed.
        </strong>{' '}
        It was taken back by <Link href={`/admin/bulk/${edit.undoneBy}`}>this undo</Link>.
      </Notice>
    )
  }
  if (edit.state === 'applied' && conflicts === 0) {
    return (
      <Notice tone="success">
        <strong>Live: {rows(applied)} changed.</strong> Every page that is read from now on shows them.
      </Notice>
    )
  }
  return (
    <Notice tone="warning">
      <strong>{rows(applied)} changed and live</strong>
      {conflicts > 0 ? `; ${rows(conflicts)} had changed since the preview and stayed as they are` : ''}
      {edit.state === 'applied' ? '.' : '; the rest was left as it was.'}
    </Notice>
  )
}

function wordsOf({ progress: { applied, conflicts } }: BulkEditView): string {
  if (conflicts > 0) return 'Retry the conflicts…'
  return applied > 0 ? 'Retry the rest…' : 'Preview again…'
}

/** The outcome of an edit, and the ways on: undo all of it, retry the conflicts. */
export function OutcomePanel({
  edit,
  permissions,
  sale,
}: {
  edit: BulkEditView
  permissions: readonly Permission[]
  /** Its schedule ends it: there is nothing to undo, and what is tried again is planned. */
  sale: ScheduleView | null
}) {
  const router = useRouter()
  const [busy, setBusy] = useState<'undo' | 'retry'>()
  const [refusal, setRefusal] = useState<Refusal>()
  const { applied, conflicts, refused } = edit.progress
  const may = permissions.includes('bulk:approve') && !edit.rowsForgotten
  const left = conflicts > 0 || (edit.state !== 'applied' && (applied > 0 || sale !== null))

  async function follow(what: 'undo' | 'retry', states?: LeftState[]): Promise<void> {
    setBusy(what)
    const one = adminApi['bulk-edits'][':id']
    const param = { id: edit.id }
    const answer = await ask(
      what === 'undo' ? one.undo.$post({ param }) : one.retry.$post({ param, json: { ...(states && { states }) } }),
    )
    if (answer.ok) {
      scrollTo(0, 0) // the next page begins where this one is left
      return router.push(sale ? planAddress(answer.value.id, sale) : `/admin/bulk/${answer.value.id}`)
    }
    setRefusal(answer.refusal)
    setBusy(undefined)
  }

  return (
    <section aria-label="Outcome" style={{ display: 'grid', gap: 'var(--space-4)' }}>
      <div aria-live="polite">
        <Sentence edit={edit} />
      </div>
      {refusal ? (
        <Notice tone="danger" role="alert">
          {refusal.message}
        </Notice>
      ) : null}
      <Row>
        {applied > 0 ? <Link href={`/admin/freshness/ledger?q=${edit.id}`}>Receipts</Link> : null}
        {may && applied > 0 && !edit.undoneBy && !sale ? (
          <Button variant="secondary" onClick={() => void follow('undo')} disabled={busy !== undefined}>
            {busy === 'undo' ? 'Preparing…' : 'Undo…'}
          </Button>
        ) : null}
        {may && left ? (
          <Button variant="secondary" onClick={() => void follow('retry')} disabled={busy !== undefined}>
            {busy === 'retry' ? 'Preparing…' : wordsOf(edit)}
          </Button>
        ) : null}
        {may && refused > 0 ? (
          <Button
            variant="secondary"
            onClick={() => void follow('retry', conflicts > 0 ? ['conflict', 'refused'] : ['refused'])}
            disabled={busy !== undefined}
          >
            {conflicts > 0 ? 'Retry conflicts and refused…' : 'Retry the refused…'}
          </Button>
        ) : null}
      </Row>
    </section>
  )
}
