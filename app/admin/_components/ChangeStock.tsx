'use client'

import { useActionState, useState } from 'react'
import { Button } from '../../_ui/Button.tsx'
import { Field } from '../../_ui/Field.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { type ChangeStockState, setStock } from '../_actions/changeStock.ts'
import { NotConfirmed, SavedNotice } from './Answer.tsx'
import { Fields, Row, Stack } from './Layout.tsx'

function StockAnswer({ state }: { state: ChangeStockState }) {
  switch (state.kind) {
    case 'failed':
      return <NotConfirmed message={state.message} />
    case 'conflict':
      return (
        <Notice tone="warning">
          <strong>Not saved.</strong> It has changed since: there are {state.quantity} now. Save again to overwrite it.
        </Notice>
      )
    case 'saved':
      return (
        <SavedNotice state={state.state} version={state.version}>
          {state.quantity} in stock.
        </SavedNotice>
      )
    default:
      return null
  }
}

/** @param stock as it is now; it also changes with each order, so that a form which is behind writes nothing */
export function ChangeStock({
  productId,
  stock,
}: {
  productId: number
  stock: { readonly quantity: number; readonly version: number }
}) {
  const [state, action, pending] = useActionState<ChangeStockState, FormData>(setStock, { kind: 'idle' })
  const [typed, setTyped] = useState<string>()
  const [reason, setReason] = useState('')
  const [seen, setSeen] = useState(state)
  if (state !== seen) {
    setSeen(state)
    if (state.kind === 'saved') {
      setTyped(undefined)
      setReason('')
    }
  }
  const refused = state.kind === 'refused' && !pending ? state : undefined
  return (
    <Stack as="form" action={action} noValidate>
      <input type="hidden" name="productId" value={productId} />
      <input type="hidden" name="expectedVersion" value={stock.version} />
      <Fields>
        <Field
          id="stock-quantity"
          name="quantity"
          label="In stock"
          inputMode="numeric"
          autoComplete="off"
          maxLength={10}
          value={typed ?? String(stock.quantity)}
          onChange={(event) => setTyped(event.target.value)}
          error={refused?.quantity}
        />
        <Field
          id="stock-reason"
          name="reason"
          label="What happened"
          autoComplete="off"
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          hint="Goes into the audit log."
          error={refused?.reason}
        />
      </Fields>
      <Row>
        <Button type="submit" disabled={pending}>
          {pending ? 'Saving…' : 'Save the stock'}
        </Button>
      </Row>
      <div aria-live="polite">
        <StockAnswer state={pending ? { kind: 'idle' } : state} />
      </div>
    </Stack>
  )
}
