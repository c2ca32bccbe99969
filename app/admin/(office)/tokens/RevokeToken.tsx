'use client'

import { useActionState, useState } from 'react'
import { Button } from '../../../_ui/Button.tsx'
import { revokeToken, type RevokeTokenState } from '../../_actions/tokens.ts'
import styles from './tokens.module.css'

/** The button that was pressed is gone: its place in the order of the page is this one's. */
function focused(button: HTMLButtonElement | null): void {
  button?.focus()
}

/** Asks once more: a program that uses the token stops working at once. */
export function RevokeToken({ id, name }: { id: string; name: string }) {
  const [asked, setAsked] = useState(false)
  const [state, action, pending] = useActionState<RevokeTokenState, FormData>(revokeToken, {})
  if (!asked) {
    return (
      <Button variant="quiet" size="sm" onClick={() => setAsked(true)} aria-label={`Revoke ${name}`}>
        Revoke
      </Button>
    )
  }
  return (
    <form action={action} className={styles.revoke}>
      <input type="hidden" name="id" value={id} />
      <Button
        type="submit"
        variant="danger"
        size="sm"
        disabled={pending}
        ref={focused}
        aria-label={`Revoke ${name} now`}
      >
        Revoke now
      </Button>
      <Button variant="quiet" size="sm" onClick={() => setAsked(false)}>
        Keep
      </Button>
      {state.error ? <span role="alert">{state.error}</span> : null}
    </form>
  )
}
