'use client'

import { useActionState, useState } from 'react'
import type { AccountView } from '#lib/auth/manageAccounts.ts'
import { ShownOnce } from '../../_components/ShownOnce.tsx'
import { Button } from '../../../_ui/Button.tsx'
import { Field, SelectField } from '../../../_ui/Field.tsx'
import { Notice } from '../../../_ui/Notice.tsx'
import { type AccountState, invite, setRole } from '../../_actions/accounts.ts'
import { Fields, Row, Stack } from '../../_components/Layout.tsx'

/** The roles, for the person who chooses one. */
const ROLES = [
  { role: 'viewer', label: 'Viewer: reads prices and history' },
  { role: 'editor', label: 'Editor: changes prices within limits, sees orders' },
  { role: 'admin', label: 'Admin: also beyond the limits, tokens, accounts' },
] as const

/** A link of one use. */
function LinkNotice({ email, url }: { email: string; url: string }) {
  return (
    <ShownOnce label={`Link for ${email}`} value={url}>
      <strong>Give this link to {email} now.</strong> It is shown this once, works once, and ends in three days. The
      first to open it sets the password, so use a channel that you trust.
    </ShownOnce>
  )
}

/** Makes an account, and shows the link with which its owner sets a password. */
export function InviteForm() {
  const [state, action, pending] = useActionState(invite, {})
  return (
    <Stack as="form" action={action} noValidate>
      <Fields>
        <Field id="email" name="email" type="email" label="E-mail" autoComplete="off" maxLength={200} />
        <Field id="name" name="name" label="Name" autoComplete="off" maxLength={100} />
      </Fields>
      <SelectField id="role" name="role" label="Role" defaultValue="viewer">
        {ROLES.map(({ role, label }) => (
          <option key={role} value={role}>
            {label}
          </option>
        ))}
      </SelectField>
      <Row>
        <Button type="submit" disabled={pending}>
          {pending ? 'Inviting…' : 'Invite'}
        </Button>
      </Row>
      <div aria-live="polite">
        {state.link && !pending ? <LinkNotice key={state.link.url} {...state.link} /> : null}
        {state.error && !pending ? <Notice tone="danger">{state.error}</Notice> : null}
      </div>
    </Stack>
  )
}

export function RoleForm({ email, role }: Pick<AccountView, 'email' | 'role'>) {
  const [state, action, pending] = useActionState(setRole, {})
  return (
    <Stack as="form" action={action}>
      <input type="hidden" name="email" value={email} />
      <SelectField
        key={role}
        id="role"
        name="role"
        label="Role"
        defaultValue={role}
        hint="Applies from the next request on."
        error={pending ? undefined : state.error}
      >
        {ROLES.map((each) => (
          <option key={each.role} value={each.role}>
            {each.label}
          </option>
        ))}
      </SelectField>
      <Row>
        <Button type="submit" variant="secondary" disabled={pending}>
          Change the role
        </Button>
        <span aria-live="polite">{pending ? null : state.done}</span>
      </Row>
    </Stack>
  )
}

interface Props {
  readonly email: string
  /** Of the button. */
  readonly label: string
  /** Of a second button, which asks again before an action that cannot be taken back. */
  readonly confirm?: string
  readonly action: (previous: AccountState, form: FormData) => Promise<AccountState>
}

/** The button that was pressed is gone: its place in the order of the page is this one's. */
function focused(button: HTMLButtonElement | null): void {
  button?.focus()
}

/** A button that does one thing with an account. */
export function ConfirmButton({ email, label, confirm, action }: Props) {
  const [asked, setAsked] = useState(false)
  const [state, run, pending] = useActionState(async (previous: AccountState, form: FormData) => {
    const answer = await action(previous, form)
    setAsked(false)
    return answer
  }, {})
  return (
    <Stack as="form" action={run}>
      <input type="hidden" name="email" value={email} />
      <Row>
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
      </Row>
      {state.link && !pending ? <LinkNotice key={state.link.url} {...state.link} /> : null}
      {state.error && !pending ? <span role="alert">{state.error}</span> : null}
    </Stack>
  )
}
