'use client'

import { useActionState, useRef, useState } from 'react'
import { Button } from '../../../_ui/Button.tsx'
import { Field, SelectField } from '../../../_ui/Field.tsx'
import { Notice } from '../../../_ui/Notice.tsx'
import { createToken, type CreateTokenState } from '../../_actions/tokens.ts'
import forms from '../../_components/forms.module.css'
import styles from './tokens.module.css'

const ROLES = [
  { role: 'viewer', label: 'Viewer: reads prices and history' },
  { role: 'editor', label: 'Editor: changes prices within limits' },
  { role: 'admin', label: 'Admin: also beyond the limits' },
] as const

/** The token itself, for the one time that it is shown. */
function Shown({ token, name }: { token: string; name: string }) {
  const [copied, setCopied] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  async function copy() {
    field.current?.select()
    await navigator.clipboard.writeText(token).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  return (
    <Notice tone="success" className={styles.shown}>
      <p>
        <strong>Copy the token of “{name}” now.</strong> It is kept as a hash only, so it cannot be shown again.
      </p>
      <div className={styles.secret}>
        <input
          ref={field}
          className={`mono ${styles.token}`}
          readOnly
          value={token}
          aria-label={`Token of ${name}`}
          onFocus={(event) => event.target.select()}
        />
        <Button variant="secondary" onClick={copy}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <pre className={styles.example}>
        <code>{`curl -H 'Authorization: Bearer ${token.slice(0, 8)}…' ${window.location.origin}/api/admin/prices/export`}</code>
      </pre>
    </Notice>
  )
}

/** Makes a token, and shows it once. */
export function NewToken() {
  const [state, action, pending] = useActionState<CreateTokenState, FormData>(createToken, { kind: 'idle' })
  const errors = state.kind === 'refused' && !pending ? state.fields : {}
  return (
    <form action={action} className={forms.form} noValidate>
      <Field
        id="name"
        name="name"
        label="Name"
        autoComplete="off"
        maxLength={100}
        hint="What uses it. The history of prices shows this name."
        error={errors.name}
      />
      <div className={forms.pair}>
        <SelectField id="role" name="role" label="Role" defaultValue="viewer" hint="Never more than you may yourself.">
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
      </div>
      <div className={forms.actions}>
        <Button type="submit" disabled={pending}>
          {pending ? 'Making it…' : 'Make a token'}
        </Button>
      </div>
      <div aria-live="polite">
        {state.kind === 'created' && !pending ? (
          <Shown key={state.token} token={state.token} name={state.name} />
        ) : null}
        {errors.form ? <Notice tone="danger">{errors.form}</Notice> : null}
      </div>
    </form>
  )
}
