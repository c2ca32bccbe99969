'use client'

import { useState } from 'react'
import type { BulkEditView } from '#lib/pricing/bulk/contract.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { Notice } from '../../../../_ui/Notice.tsx'
import page from '../../page.module.css'
import { adminApi, ask, type Refusal } from '../../../_lib/adminApi.ts'
import decision from './DecisionPanel.module.css'
import styles from './ProgressPanel.module.css'
import { rows } from './states.ts'

interface Props {
  readonly edit: BulkEditView
  readonly mayCancel: boolean
  readonly onEdit: (edit: BulkEditView) => void
}

function timeLeft(seconds: number | null): string {
  if (seconds === null) return 'reckoning the time'
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
    <section aria-labelledby="progress" className={decision.panel}>
      <h2 id="progress" className={page.heading}>
        {edit.state === 'approved' ? 'Approved: a worker takes it' : 'Being applied'}
      </h2>
      <progress className={styles.bar} value={done} max={Math.max(1, total)} aria-label="Rows applied" />
      <p aria-live="polite" className={styles.numbers}>
        <strong>{applied.toLocaleString('en')}</strong> of {rows(total)} live
        {conflicts > 0 ? ` · ${rows(conflicts, 'conflict')}` : ''}
        {rowsPerSecond > 0 ? ` · ${rowsPerSecond.toLocaleString('en')} a second · ${timeLeft(secondsLeft)}` : ''}
      </p>
      <p className="muted">
        You can leave this page. What is applied is live already; stopping leaves it as it is, and it can be undone.
      </p>
      {refusal ? (
        <Notice tone="warning" role="alert">
          {refusal.message}
        </Notice>
      ) : null}
      {mayCancel ? (
        <div className={page.actions}>
          <Button variant="danger" onClick={() => void stop()} disabled={stopping}>
            {stopping ? 'Stopping…' : 'Stop'}
          </Button>
        </div>
      ) : null}
    </section>
  )
}
