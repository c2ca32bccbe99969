'use client'

import { useActionState } from 'react'
import { Button } from '../../../_ui/Button.tsx'
import { signOutElsewhere } from '../../_actions/ownAccount.ts'
import forms from '../../_components/forms.module.css'

/** @param others sessions beside this one */
export function SignOutElsewhere({ others }: { others: number }) {
  const [state, action, pending] = useActionState(signOutElsewhere, {})
  return (
    <form action={action} className={forms.actions}>
      <span aria-live="polite">{pending ? null : (state.done ?? state.error)}</span>
      {others > 0 ? (
        <Button type="submit" variant="secondary" disabled={pending}>
          Sign out everywhere else
        </Button>
      ) : null}
    </form>
  )
}
