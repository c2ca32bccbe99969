'use client'

import { useActionState, useState } from 'react'
import { amountToInput } from '#lib/money/money.ts'
import { Button } from '../../_ui/Button.tsx'
import { Field } from '../../_ui/Field.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { type ChangeCostState, setCost } from '../_actions/changeCost.ts'
import styles from './forms.module.css'

interface Props {
  readonly productId: number
  readonly costMinor: number | null
  readonly amountMinor: number
}

/** The cost of the product for the shop. Shoppers never see it. */
export function ChangeCost({ productId, costMinor, amountMinor }: Props) {
  const [state, action, pending] = useActionState<ChangeCostState, FormData>(setCost, { kind: 'idle' })
  const [cost, setText] = useState(costMinor === null ? '' : amountToInput(costMinor))
  const margin = costMinor === null ? undefined : `${(((amountMinor - costMinor) / amountMinor) * 100).toFixed(1)} %`
  return (
    <form action={action} className={styles.form} noValidate>
      <input type="hidden" name="productId" value={productId} />
      <Field
        id="cost"
        name="cost"
        label="Cost"
        inputMode="decimal"
        autoComplete="off"
        placeholder="not known"
        value={cost}
        onChange={(event) => setText(event.target.value)}
        hint={margin === undefined ? 'Shoppers never see it.' : `Margin ${margin}. Shoppers never see it.`}
        error={state.kind === 'refused' && !pending ? state.message : undefined}
      />
      <div className={styles.actions}>
        <Button type="submit" variant="secondary" disabled={pending}>
          {pending ? 'Saving…' : 'Save the cost'}
        </Button>
      </div>
      <div aria-live="polite">
        {state.kind === 'saved' && !pending ? <Notice tone="success">Saved.</Notice> : null}
        {state.kind === 'failed' && !pending ? <Notice tone="danger">{state.message}</Notice> : null}
      </div>
    </form>
  )
}
