'use client'

import { type FormEvent, type ReactNode, startTransition, useActionState, useEffect, useRef, useState } from 'react'
import type { Messages } from '../../_i18n/messages.ts'
import { Button } from '../../_ui/Button.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { useStore } from '../StoreContext.tsx'
import { AddressFields, type ShownCountry } from './AddressFields.tsx'
import { Amount } from './Amounts.tsx'
import type { CheckoutState } from './checkoutForm.ts'
import { deliveryValue } from './deliveryValue.ts'
import styles from './Checkout.module.css'

interface ShownMethod {
  readonly name: 'standard' | 'express'
  readonly amountMinor: number
  readonly price: string
  /** Goods and delivery. */
  readonly total: string
}

interface CheckoutFormProps {
  action: (previous: CheckoutState, form: FormData) => Promise<CheckoutState>
  labels: Messages['Checkout']
  totalLabel: string
  cartId: string
  /** The answer to the form with which this page comes back. */
  state: CheckoutState | undefined
  /** The contents of the page, which the button accepts. */
  accepted: string
  /** Since the shopper put it into the cart, a sentence each. */
  changes: readonly string[]
  methods: readonly ShownMethod[]
  countries: readonly ShownCountry[]
  usualCountry: string
  /** The lines and what they cost. */
  children: ReactNode
}

function Problems({
  state,
  changes,
  labels,
}: Pick<CheckoutFormProps, 'changes' | 'labels'> & { state: CheckoutState }) {
  const said = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (state.kind === 'idle') return
    const first = said.current?.closest('form')?.querySelector<HTMLElement>('[aria-invalid="true"]')
    ;(first ?? said.current)?.focus()
  }, [state])
  const listed = state.kind === 'changed' ? state.changes : state.kind === 'idle' ? changes : []
  const sentence =
    state.kind === 'invalid'
      ? labels.check
      : state.kind === 'busy' || state.kind === 'tooMany' || state.kind === 'unavailable'
        ? labels[state.kind]
        : undefined
  return (
    <div ref={said} tabIndex={-1} className={styles.problems} role={state.kind === 'idle' ? undefined : 'alert'}>
      {listed.length > 0 ? (
        <Notice tone="warning" data-testid="changes">
          <h2>{labels.changedTitle}</h2>
          <ul>
            {listed.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
          {state.kind === 'changed' ? <p>{labels.changedText}</p> : null}
        </Notice>
      ) : null}
      {sentence === undefined ? null : (
        <Notice tone="danger">
          <p>{sentence}</p>
        </Notice>
      )}
    </div>
  )
}

/**
 * The checkout: a form that works without JavaScript. Its prices stand still: what has changed is said when it is sent, and the
 * page then shows what is true by then.
 */
export function CheckoutForm(props: CheckoutFormProps) {
  const { labels, methods, countries, usualCountry, children } = props
  const { locale } = useStore()
  const [state, action, pending] = useActionState<CheckoutState, FormData>(
    props.action,
    props.state ?? { kind: 'idle' },
  )
  const values = state.kind === 'idle' ? {} : state.values
  const [country, setCountry] = useState(values.country || usualCountry)
  const [chosen, setChosen] = useState<string>(values.method ?? 'standard')
  const method = methods.find(({ name }) => name === chosen) ?? methods[0]
  const send = (event: FormEvent<HTMLFormElement>) => {
    // Sent by hand: React empties the fields of a form whose action it calls itself.
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    if (!pending) startTransition(() => action(form))
  }
  return (
    <form action={action} onSubmit={send} className={styles.checkout} noValidate>
      <input type="hidden" name="locale" value={locale} />
      <input type="hidden" name="cart" value={props.cartId} />
      <input type="hidden" name="lines" value={props.accepted} />
      <Problems state={state} changes={props.changes} labels={labels} />
      <div className={styles.fields}>
        <section aria-labelledby="address" className={styles.section}>
          <h2 id="address">{labels.address}</h2>
          <AddressFields
            labels={labels}
            countries={countries}
            country={country}
            onCountry={setCountry}
            values={values}
            problems={state.kind === 'invalid' ? state.problems : {}}
          />
        </section>
        <fieldset className={styles.section}>
          <legend>{labels.delivery}</legend>
          {methods.map(({ name, amountMinor, price }) => (
            <label key={name} className={styles.choice}>
              <input
                type="radio"
                name="delivery"
                value={deliveryValue(name, amountMinor)}
                checked={chosen === name}
                onChange={() => setChosen(name)}
              />
              <span>{labels[name]}</span>
              <span>{price}</span>
            </label>
          ))}
        </fieldset>
        <section aria-labelledby="payment" className={styles.section}>
          <h2 id="payment">{labels.payment}</h2>
          <p>{labels.paymentText}</p>
        </section>
      </div>
      <section aria-labelledby="order" className={styles.summary}>
        <h2 id="order">{labels.order}</h2>
        {children}
        <Amount label={labels.delivery}>{method?.price}</Amount>
        <Amount label={props.totalLabel} isTotal>
          {method?.total}
        </Amount>
        <p className={styles.quiet}>{countries.find(({ code }) => code === country)?.tax}</p>
        <Button type="submit" aria-disabled={pending}>
          {pending ? labels.placing : state.kind === 'changed' ? labels.accept : labels.place}
        </Button>
      </section>
    </form>
  )
}
