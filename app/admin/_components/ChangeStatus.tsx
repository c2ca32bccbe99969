'use client'

import { useActionState, useState } from 'react'
import { Button } from '../../_ui/Button.tsx'
import { Field } from '../../_ui/Field.tsx'
import { setStatus, type ChangeStatusState } from '../_actions/changeStatus.ts'
import { NotConfirmed, SavedNotice } from './Answer.tsx'
import { Row, Stack } from './Layout.tsx'

function StatusAnswer({ state }: { state: ChangeStatusState }) {
  if (state.kind === 'failed') return <NotConfirmed message={state.message} />
  if (state.kind !== 'saved') return null
  return (
    <SavedNotice state={state.state} version={state.version}>
      {state.status === 'active' ? 'The product is on sale.' : 'The product is discontinued.'}
    </SavedNotice>
  )
}

/** Discontinues the product, or sells it again. Each undoes the other, so nothing is typed to confirm. */
export function ChangeStatus({ productId, discontinued }: { productId: number; discontinued: boolean }) {
  const [state, action, pending] = useActionState<ChangeStatusState, FormData>(setStatus, { kind: 'idle' })
  const [reason, setReason] = useState('')
  const [seen, setSeen] = useState(state)
  if (state !== seen) {
    setSeen(state)
    if (state.kind === 'saved') setReason('')
  }
  const doIt = discontinued ? 'Sell it again' : 'Discontinue'
  return (
    <Stack as="form" action={action} noValidate>
      <input type="hidden" name="productId" value={productId} />
      <input type="hidden" name="status" value={discontinued ? 'active' : 'discontinued'} />
      <p className="muted">
        {discontinued
          ? 'Discontinued: its page answers “410 Gone” with alternatives, and no list, search, feed or sitemap has it.'
          : 'On sale. Discontinued, its page answers “410 Gone” with alternatives, and it leaves lists, search, feeds and sitemaps at once.'}
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
      <Row>
        <Button type="submit" variant={discontinued ? 'primary' : 'danger'} disabled={pending}>
          {pending ? 'Saving…' : doIt}
        </Button>
      </Row>
      <div aria-live="polite">
        <StatusAnswer state={pending ? { kind: 'idle' } : state} />
      </div>
    </Stack>
  )
}
