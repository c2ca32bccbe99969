'use client'

import { useActionState, useState } from 'react'
import { Button } from '../../../_ui/Button.tsx'
import { Field, SelectField } from '../../../_ui/Field.tsx'
import { Notice } from '../../../_ui/Notice.tsx'
import { createToken, type CreateTokenState, revokeToken, type RevokeTokenState } from '../../_actions/tokens.ts'
import { Fields, Row, Stack } from '../../_components/Layout.tsx'
import { ShownOnce } from '../../_components/ShownOnce.tsx'

const ROLES = [
  { role: 'viewer', label: 'Viewer: reads prices and history' },
  { role: 'editor', label: 'Editor: changes prices within limits' },
  { role: 'admin', label: 'Admin: also beyond the limits' },
] as const

/** Makes a token, and shows it once. */
export function NewToken() {
  const [state, action, pending] = useActionState<CreateTokenState, FormData>(createToken, { kind: 'idle' })
  const errors = state.kind === 'refused' && !pending ? state.fields : {}
  return (
    <Stack as="form" action={action} noValidate>
      <Field
        id="name"
        name="name"
        label="Name"
        autoComplete="off"
        maxLength={100}
        hint="The price history shows it."
        error={errors.name}
      />
      <Fields>
        <SelectField id="role" name="role" label="Role" defaultValue="viewer" hint="At most your own.">
          {ROLES.map(({ role, label }) => (
            <option key={role} value={role}>
              {label}
            </option>
          ))}
        </SelectField>
        <SelectField id="expires" name="expires" label="Expires" defaultValue="90">
          <option value="30">After 30 days</option>
          <option value="90">After 90 days</option>
          <option value="365">After a year</option>
          <option value="never">Never</option>
        </SelectField>
      </Fields>
      <Row>
        <Button type="submit" disabled={pending}>
          {pending ? 'Making it…' : 'Make a token'}
        </Button>
      </Row>
      <div aria-live="polite">
        {state.kind === 'created' && !pending ? (
          <ShownOnce
            key={state.token}
            label={`Token of ${state.name}`}
            value={state.token}
            example={`curl -H 'Authorization: Bearer ${state.token.slice(0, 8)}…' ${window.location.origin}/api/admin/prices/export`}
          >
            <strong>Copy the token of “{state.name}” now.</strong> It cannot be shown again: only a hash is kept.
          </ShownOnce>
        ) : null}
        {errors.form ? <Notice tone="danger">{errors.form}</Notice> : null}
      </div>
    </Stack>
  )
}

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
    <Row as="form" gap={2} action={action}>
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
    </Row>
  )
}
