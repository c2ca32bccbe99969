'use client'

import { useState } from 'react'
import type { BulkEditView } from '#lib/pricing/bulk/contract.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import { adminApi, ask, type Refusal } from '../../../_lib/adminApi.ts'
import styles from './edit.module.css'
import { rows } from './states.ts'
import { Row, Section } from '../../../_components/Layout.tsx'

interface Props {
  readonly edit: BulkEditView
  readonly mayCancel: boolean
  readonly onEdit: (edit: BulkEditView) => void
}

function timeLeft(seconds: number | null): string {
  if (seconds === null) return 'estimating the time'
  return seconds < 60 ? `about ${seconds} s left` : `about ${Math.ceil(seconds / 60)} min left`
}

/** An edit while it is applied. Each chunk is live as it commits. */
export function ProgressPanel({ edit, mayCancel, onEdit }: Props) {
  const [stopping, setStopping] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const { applied, conflicts, rowsPerSecond, secondsLeft } = edit.progress
  const total = edit.summary?.changed ?? 0
  const done = applied + conflicts

  async function stop(): Promise<void> {
    setStopping(true)
    const answer = await ask(adminApi['bulk-edits'][':id'].cancel.$post({ param: { id: edit.id } }))
    if (answer.ok) onEdit(answer.value)
    else setRefusal(answer.refusal)
    setStopping(false)
  }

  return (
    <Section id="progress" title={edit.state === 'approved' ? 'Approved: a worker takes it' : 'Being applied'} panel>
      <progress className={styles.progress} value={done} max={Math.max(1, total)} aria-label="Rows applied" />
      <p aria-live="polite">
        <strong>{applied.toLocaleString('en')}</strong> of {rows(total)} live
        {conflicts > 0 ? ` · ${rows(conflicts, 'conflict')}` : ''}
        {rowsPerSecond > 0 ? ` · ${rowsPerSecond.toLocaleString('en')} a second · ${timeLeft(secondsLeft)}` : ''}
      </p>
      <p className="muted">
        You can leave this page. Applied rows are live; they stay when you stop, and can be undone.
      </p>
      {refusal ? (
        <Notice tone="warning" role="alert">
          {refusal.message}
        </Notice>
      ) : null}
      {mayCancel ? (
        <Row>
          <Button variant="danger" onClick={() => void stop()} disabled={stopping}>
            {stopping ? 'Stopping…' : 'Stop'}
          </Button>
        </Row>
      ) : null}
    </Section>
  )
}
