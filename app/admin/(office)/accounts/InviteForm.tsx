'use client'

import { useActionState } from 'react'
import { Button } from '../../../_ui/Button.tsx'
import { Field, SelectField } from '../../../_ui/Field.tsx'
import { Notice } from '../../../_ui/Notice.tsx'
import { invite } from '../../_actions/accounts.ts'
import forms from '../../_components/forms.module.css'
import { LinkNotice } from './LinkNotice.tsx'
import { ROLES } from './roles.ts'

/** Makes an account, and shows the link with which its owner sets a password. */
export function InviteForm() {
  const [state, action, pending] = useActionState(invite, {})
  return (
    <form action={action} className={forms.form} noValidate>
      <div className={forms.pair}>
        <Field id="email" name="email" type="email" label="E-mail" autoComplete="off" maxLength={200} />
        <Field id="name" name="name" label="Name" autoComplete="off" maxLength={100} />
      </div>
      <SelectField id="role" name="role" label="Role" defaultValue="viewer">
        {ROLES.map(({ role, label }) => (
          <option key={role} value={role}>
            {label}
          </option>
        ))}
      </SelectField>
      <div className={forms.actions}>
        <Button type="submit" disabled={pending}>
          {pending ? 'Inviting…' : 'Invite'}
        </Button>
      </div>
      <div aria-live="polite">
        {state.link && !pending ? <LinkNotice key={state.link.url} {...state.link} /> : null}
        {state.error && !pending ? <Notice tone="danger">{state.error}</Notice> : null}
      </div>
    </form>
  )
}
