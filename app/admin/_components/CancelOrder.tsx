'use client'

import { useActionState, useState } from 'react'
import { Button } from '../../_ui/Button.tsx'
import { Field } from '../../_ui/Field.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { cancel, type CancelOrderState } from '../_actions/cancelOrder.ts'
import { Row, Stack } from './Layout.tsx'

function CancelAnswer({ state }: { state: CancelOrderState }) {
  if (state.kind === 'failed')
    return (
      <Notice tone="danger">
        <strong>Not cancelled.</strong> {state.message}
      </Notice>
    )
  if (state.kind !== 'saved') return null
  if (!state.changed)
    return (
      <Notice>
        <strong>Cancelled before.</strong> Nothing was changed.
      </Notice>
    )
  return (
    <Notice tone={state.state === 'live' ? 'success' : 'warning'}>
      <strong>Cancelled.</strong>{' '}
      {state.state === 'live' ? 'The stock is back, on each page.' : 'The stock is back, and on its way to the pages.'}
    </Notice>
  )
}

/** @param isPlaced an order that is cancelled stays so */
export function CancelOrder({ number, isPlaced }: { number: string; isPlaced: boolean }) {
  const [state, action, pending] = useActionState<CancelOrderState, FormData>(cancel, { kind: 'idle' })
  const [reason, setReason] = useState('')
  return (
    <Stack as="form" action={action} noValidate>
      <input type="hidden" name="number" value={number} />
      {isPlaced ? (
        <>
          <p className="muted">Nothing is delivered, and the articles go back into stock.</p>
          <Field
            id="cancel-reason"
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
            <Button type="submit" variant="danger" disabled={pending}>
              {pending ? 'Cancelling…' : 'Cancel the order'}
            </Button>
          </Row>
        </>
      ) : null}
      <div aria-live="polite">
        <CancelAnswer state={pending ? { kind: 'idle' } : state} />
      </div>
    </Stack>
  )
}
