'use client'

import { useActionState, useEffect, useRef, useState } from 'react'
import type { VersionedPrice } from '#lib/money/price.ts'
import { amountToInput } from '#lib/money/money.ts'
import { Button } from '../../_ui/Button.tsx'
import { Field } from '../../_ui/Field.tsx'
import { changePrice, type ChangePriceState } from '../_actions/changePrice.ts'
import { Answer } from './Answer.tsx'
import { ConfirmChange } from './ConfirmChange.tsx'
import { Fields, Row, Stack } from './Layout.tsx'
import styles from './product.module.css'
import { readingOf } from './Values.tsx'

const REASONS = ['Supplier price changed', 'Promotion', 'Price match', 'Correction']

type ShownPrice = Pick<VersionedPrice, 'amountMinor' | 'compareAtMinor' | 'currency' | 'version'>

function compareAtInput({ compareAtMinor, currency: code }: ShownPrice): string {
  return compareAtMinor === null ? '' : amountToInput(compareAtMinor, { code })
}

/**
 * Changes one price. It sends the version that its editor has on screen, so that of two people who edit
 * the same product the second hears of it, and sees the first one's price, before anything is overwritten.
 */
export function ChangePrice({
  productId,
  price,
  inSale = false,
}: {
  productId: number
  price: ShownPrice
  inSale?: boolean
}) {
  const [state, action, pending] = useActionState<ChangePriceState, FormData>(changePrice, { kind: 'idle' })
  const [amount, setAmount] = useState(amountToInput(price.amountMinor, { code: price.currency }))
  const [compareAt, setCompareAt] = useState(compareAtInput(price))
  const [reason, setReason] = useState('')

  // Text typed before the scripts ran is in the fields, and raised no event.
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    const typed = (name: string): string => {
      const field = form.current?.elements.namedItem(name)
      return field instanceof HTMLInputElement ? field.value : ''
    }
    setAmount(typed('amount'))
    setCompareAt(typed('compareAt'))
    setReason(typed('reason'))
  }, [])

  // A saved price is the new start; a refused one stays as typed.
  const [seen, setSeen] = useState(state)
  const [edited, setEdited] = useState(false)
  if (state !== seen) {
    setSeen(state)
    setEdited(false)
    if (state.kind === 'saved') {
      setAmount(amountToInput(state.amountMinor, { code: state.currency }))
      setReason('')
    }
  }

  // A complaint and a question are about the sent values; they go when those are edited.
  const answer: ChangePriceState =
    pending || (edited && (state.kind === 'refused' || state.kind === 'confirm')) ? { kind: 'idle' } : state
  const takeBack = () => {
    setEdited(true)
    form.current?.querySelector<HTMLInputElement>('#amount')?.focus()
  }
  const errors = answer.kind === 'refused' ? answer.fields : {}
  return (
    <form ref={form} action={action} onChange={() => setEdited(true)} noValidate>
      <Stack>
        <input type="hidden" name="productId" value={productId} />
        <input type="hidden" name="currency" value={price.currency} />
        <input type="hidden" name="expectedVersion" value={price.version} />
        <Fields>
          <Field
            id="amount"
            name="amount"
            label={`${inSale ? 'New base price' : 'New price'} in ${price.currency}`}
            inputMode="decimal"
            autoComplete="off"
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
            // Heard late while the page comes alive: what has been typed by then is not to be typed over.
            onFocus={({ target }) =>
              target.value === amountToInput(price.amountMinor, { code: price.currency }) && target.select()
            }
            hint={errors.amount ? undefined : readingOf(amount, price.currency, price.amountMinor)}
            error={errors.amount}
          />
          <Field
            id="compareAt"
            name="compareAt"
            label="Compare-at price (optional)"
            inputMode="decimal"
            autoComplete="off"
            value={compareAt}
            onChange={(event) => setCompareAt(event.target.value)}
            hint={
              errors.compareAt
                ? undefined
                : compareAt.trim() === ''
                  ? 'Empty: no struck-through price in the shop.'
                  : readingOf(compareAt, price.currency)
            }
            error={errors.compareAt}
          />
        </Fields>
        <Field
          id="reason"
          name="reason"
          label="Reason"
          autoComplete="off"
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          hint="Goes into the history."
          error={errors.reason}
        />
        <Row as="fieldset" gap={2} className={styles.reasons} aria-label="Frequent reasons">
          {REASONS.map((text) => (
            <button
              key={text}
              type="button"
              className={styles.chip}
              onClick={() => {
                setReason(text)
                setEdited(true)
              }}
            >
              {text}
            </button>
          ))}
        </Row>
        <Row>
          {/* It comes first in the form: while a question is open, Enter in a field neither answers nor repeats it. */}
          <Button type="submit" disabled={pending || answer.kind === 'confirm'}>
            {pending ? 'Saving…' : 'Change the price'}
          </Button>
          <span className="muted">
            You are changing version {price.version}.
            {inSale ? ' The shop shows the base price when the sale is over.' : ''}
          </span>
        </Row>
        {answer.kind === 'confirm' ? <ConfirmChange change={answer} onBack={takeBack} /> : null}
        <div aria-live="polite">
          <Answer state={answer} productId={productId} />
        </div>
      </Stack>
    </form>
  )
}
