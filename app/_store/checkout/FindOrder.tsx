'use client'

import { type FormEvent, startTransition, useActionState } from 'react'
import type { Messages } from '../../_i18n/messages.ts'
import { fillText } from '../../_i18n/fillText.ts'
import { Button } from '../../_ui/Button.tsx'
import { Field } from '../../_ui/Field.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { useStore } from '../StoreContext.tsx'
import styles from './Checkout.module.css'

export interface FindState {
  readonly problem?: 'notFound' | 'tooMany'
  readonly number: string
  readonly email: string
}

const EXAMPLE = '261128-KQ7F-M3TX'

interface FindOrderProps {
  action: (previous: FindState, form: FormData) => Promise<FindState>
  labels: Messages['Order']
  emailLabel: string
  /** As the address of the page has it. */
  number?: string
  /** The answer to the form with which this page comes back. */
  state: FindState | undefined
}

/** The order of a number and an e-mail. Without JavaScript too. */
export function FindOrder({ action: find, labels, emailLabel, number = '', state: answered }: FindOrderProps) {
  const { locale } = useStore()
  const [state, action, pending] = useActionState<FindState, FormData>(find, answered ?? { number, email: '' })
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    startTransition(() => action(form))
  }
  return (
    <form action={action} onSubmit={send} className={styles.find}>
      <input type="hidden" name="locale" value={locale} />
      <p className={styles.quiet}>{labels.findText}</p>
      {state.problem && !pending ? (
        <Notice tone="danger" role="alert">
          <p>{labels[state.problem]}</p>
        </Notice>
      ) : null}
      <Field
        id="order-number"
        name="number"
        label={labels.number}
        hint={fillText(labels.numberHint, { example: EXAMPLE })}
        autoComplete="off"
        required
        maxLength={40}
        defaultValue={state.number}
      />
      <Field
        id="order-email"
        name="email"
        type="email"
        label={emailLabel}
        autoComplete="email"
        required
        maxLength={254}
        defaultValue={state.email}
      />
      <div>
        <Button type="submit">{labels.show}</Button>
      </div>
    </form>
  )
}
