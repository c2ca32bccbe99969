'use client'

import { useActionState } from 'react'
import { Button } from '../../../_ui/Button.tsx'
import { Field } from '../../../_ui/Field.tsx'
import { Notice } from '../../../_ui/Notice.tsx'
import { changePassword } from '../../_actions/ownAccount.ts'
import forms from '../../_components/forms.module.css'

export function ChangePassword({ email }: { email: string }) {
  const [state, action, pending] = useActionState(changePassword, { fields: {} })
  const { current, next, again, form } = pending ? {} : state.fields
  return (
    <form action={action} className={forms.form} noValidate>
      <input type="hidden" name="username" autoComplete="username" value={email} />
      <Field
        id="current"
        name="current"
        type="password"
        label="Current password"
        autoComplete="current-password"
        error={current}
      />
      <div className={forms.pair}>
        <Field
          id="next"
          name="next"
          type="password"
          label="New password"
          autoComplete="new-password"
          hint="At least 12 characters. Four words that do not belong together are good."
          error={next}
        />
        <Field id="again" name="again" type="password" label="Once more" autoComplete="new-password" error={again} />
      </div>
      <div className={forms.actions}>
        <Button type="submit" disabled={pending}>
          {pending ? 'Changing it…' : 'Change the password'}
        </Button>
      </div>
      <div aria-live="polite">
        {state.done && !pending ? <Notice tone="success">{state.done}</Notice> : null}
        {form ? <Notice tone="danger">{form}</Notice> : null}
      </div>
    </form>
  )
}
