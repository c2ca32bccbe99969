'use client'

import { useActionState } from 'react'
import type { AccountView } from '#lib/auth/manageAccounts.ts'
import { Button } from '../../../_ui/Button.tsx'
import { SelectField } from '../../../_ui/Field.tsx'
import { setRole } from '../../_actions/accounts.ts'
import forms from '../../_components/forms.module.css'
import { ROLES } from './roles.ts'

export function RoleForm({ email, role }: Pick<AccountView, 'email' | 'role'>) {
  const [state, action, pending] = useActionState(setRole, {})
  return (
    <form action={action} className={forms.form}>
      <input type="hidden" name="email" value={email} />
      <SelectField
        key={role}
        id="role"
        name="role"
        label="Role"
        defaultValue={role}
        hint="Counts from its next request on."
        error={pending ? undefined : state.error}
      >
        {ROLES.map((each) => (
          <option key={each.role} value={each.role}>
            {each.label}
          </option>
        ))}
      </SelectField>
      <div className={forms.actions}>
        <Button type="submit" variant="secondary" disabled={pending}>
          Change the role
        </Button>
        <span aria-live="polite">{pending ? null : state.done}</span>
      </div>
    </form>
  )
}
