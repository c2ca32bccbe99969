'use client'

import { useActionState, useState } from 'react'
import { Button } from '../../_ui/Button.tsx'
import { Field } from '../../_ui/Field.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { type ChangeStockState, setStock } from '../_actions/changeStock.ts'
import styles from './forms.module.css'

function StockAnswer({ state }: { state: ChangeStockState }) {
  if (state.kind === 'failed')
    return (
      <Notice tone="danger">
        <strong>Not confirmed.</strong> {state.message}
      </Notice>
    )
  if (state.kind === 'conflict')
    return (
      <Notice tone="warning">
        <strong>Not saved.</strong> It has changed since: there are {state.quantity} now. Save again if you still mean
        it.
      </Notice>
    )
  if (state.kind !== 'saved') return null
  return state.state === 'live' ? (
    <Notice tone="success">
      <strong>Live everywhere.</strong> {state.quantity} in stock.
    </Notice>
  ) : (
    <Notice tone="warning">
      <strong>Saved, still propagating.</strong> It reaches the shop by itself.
    </Notice>
  )
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
    <form action={action} className={styles.form} noValidate>
      <input type="hidden" name="productId" value={productId} />
      <input type="hidden" name="expectedVersion" value={stock.version} />
      <div className={styles.pair}>
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
      </div>
      <div className={styles.actions}>
        <Button type="submit" disabled={pending}>
          {pending ? 'Saving…' : 'Save the stock'}
        </Button>
      </div>
      <div aria-live="polite">
        <StockAnswer state={pending ? { kind: 'idle' } : state} />
      </div>
    </form>
  )
}
