'use client'

import { useActionState, useState } from 'react'
import { Button } from '../../../_ui/Button.tsx'
import type { AccountState } from '../../_actions/accounts.ts'
import forms from '../../_components/forms.module.css'
import { LinkNotice } from './LinkNotice.tsx'

interface Props {
  readonly email: string
  /** The label of the button. */
  readonly label: string
  /** Asked once more, where the answer cannot be taken back. */
  readonly confirm?: string
  readonly action: (previous: AccountState, form: FormData) => Promise<AccountState>
}

/** The button that was pressed is gone: its place in the order of the page is this one's. */
function focused(button: HTMLButtonElement | null): void {
  button?.focus()
}

/** One thing to do with an account. */
export function ConfirmButton({ email, label, confirm, action }: Props) {
  const [asked, setAsked] = useState(false)
  const [state, run, pending] = useActionState(async (previous: AccountState, form: FormData) => {
    const answer = await action(previous, form)
    setAsked(false)
    return answer
  }, {})
  return (
    <form action={run} className={forms.form}>
      <input type="hidden" name="email" value={email} />
      <div className={forms.actions}>
        {confirm !== undefined && !asked ? (
          // Another element than the one below: the click that asks must not be one that submits.
          <Button key="ask" variant="secondary" onClick={() => setAsked(true)}>
            {label}
          </Button>
        ) : (
          <Button
            key="act"
            type="submit"
            variant={confirm === undefined ? 'secondary' : 'danger'}
            disabled={pending}
            {...(confirm !== undefined && { ref: focused })}
          >
            {confirm ?? label}
          </Button>
        )}
        {asked ? (
          <Button variant="quiet" onClick={() => setAsked(false)}>
            Keep it
          </Button>
        ) : null}
        <span aria-live="polite">{pending ? null : state.done}</span>
      </div>
      {state.link && !pending ? <LinkNotice key={state.link.url} {...state.link} /> : null}
      {state.error && !pending ? <span role="alert">{state.error}</span> : null}
    </form>
  )
}
