'use client'

import { useActionState, useState } from 'react'
import { amountToInput } from '#lib/money/money.ts'
import { Button } from '../../_ui/Button.tsx'
import { Field } from '../../_ui/Field.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { type ChangeCostState, setCost } from '../_actions/changeCost.ts'
import { Row, Stack } from './Layout.tsx'

interface Props {
  readonly productId: number
  readonly costMinor: number | null
  readonly amountMinor: number
  readonly currency: string
}

/** The cost of a product for the shop. Shoppers never see it. */
export function ChangeCost({ productId, costMinor, amountMinor, currency }: Props) {
  const [state, action, pending] = useActionState<ChangeCostState, FormData>(setCost, { kind: 'idle' })
  const [cost, setText] = useState(costMinor === null ? '' : amountToInput(costMinor, { code: currency }))
  const margin = costMinor === null ? undefined : `${(((amountMinor - costMinor) / amountMinor) * 100).toFixed(1)} %`
  return (
    <Stack as="form" action={action} noValidate>
      <input type="hidden" name="productId" value={productId} />
      <input type="hidden" name="currency" value={currency} />
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
      <Row>
        <Button type="submit" variant="secondary" disabled={pending}>
          {pending ? 'Saving…' : 'Save the cost'}
        </Button>
      </Row>
      <div aria-live="polite">
        {state.kind === 'saved' && !pending ? <Notice tone="success">Saved.</Notice> : null}
        {state.kind === 'failed' && !pending ? <Notice tone="danger">{state.message}</Notice> : null}
      </div>
    </Stack>
  )
}
