'use client'

import { useActionState, useState } from 'react'
import { Button } from '../../_ui/Button.tsx'
import { Field } from '../../_ui/Field.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { setStatus, type ChangeStatusState } from '../_actions/changeStatus.ts'
import styles from './forms.module.css'

function StatusAnswer({ state }: { state: ChangeStatusState }) {
  if (state.kind === 'failed') {
    return (
      <Notice tone="danger">
        <strong>Not confirmed.</strong> {state.message}
      </Notice>
    )
  }
  if (state.kind !== 'saved') return null
  if (state.state === 'propagating') {
    return (
      <Notice tone="warning">
        <strong>Saved, still propagating.</strong> It reaches the shop by itself.
      </Notice>
    )
  }
  return (
    <Notice tone="success">
      <strong>Live everywhere.</strong>{' '}
      {state.status === 'active' ? 'The product is on sale again.' : 'The product is off the shelves.'}
    </Notice>
  )
}

/** Takes the product off the shelves, or puts it back. Both are undone by the other, so nothing is typed to confirm. */
export function ChangeStatus({ productId, discontinued }: { productId: number; discontinued: boolean }) {
  const [state, action, pending] = useActionState<ChangeStatusState, FormData>(setStatus, { kind: 'idle' })
  const [reason, setReason] = useState('')
  const [seen, setSeen] = useState(state)
  if (state !== seen) {
    setSeen(state)
    if (state.kind === 'saved') setReason('')
  }
  const doIt = discontinued ? 'Put it back on sale' : 'Take it off the shelves'
  return (
    <form action={action} className={styles.form} noValidate>
      <input type="hidden" name="productId" value={productId} />
      <input type="hidden" name="status" value={discontinued ? 'active' : 'discontinued'} />
      <p className="muted">
        {discontinued
          ? 'Its page answers “410 Gone” and shows alternatives. It is in no list, search, recommendation, product feed or sitemap.'
          : 'It is on sale. Off the shelves, its page answers “410 Gone” and shows alternatives, and it leaves lists, search, recommendations, product feeds and sitemaps at once.'}
      </p>
      <Field
        id="status-reason"
        name="reason"
        label="Why"
        autoComplete="off"
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        hint="Goes into the audit log."
        error={state.kind === 'refused' && !pending ? state.reason : undefined}
      />
      <div className={styles.actions}>
        <Button type="submit" variant={discontinued ? 'primary' : 'danger'} disabled={pending}>
          {pending ? 'Saving…' : doIt}
        </Button>
      </div>
      <div aria-live="polite">
        <StatusAnswer state={pending ? { kind: 'idle' } : state} />
      </div>
    </form>
  )
}
