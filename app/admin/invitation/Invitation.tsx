'use client'

import { startTransition, useActionState, useEffect } from 'react'
import { Button, ButtonLink } from '../../_ui/Button.tsx'
import { Field } from '../../_ui/Field.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { type InvitationState, open, setPassword } from '../_actions/invitation.ts'
import { Stack } from '../_components/Layout.tsx'
import { NewPassword } from '../_components/NewPassword.tsx'

const ASKED: InvitationState = { kind: 'asked', token: '', fields: {} }

/** One state for both steps: what the link opens, then what became of the password. */
function step(previous: InvitationState, form: FormData): Promise<InvitationState> {
  return form.has('next') ? setPassword(previous, form) : open(previous, form)
}

/** The token stands behind the `#`, which no browser sends: it is read here, and goes out of the address at once. */
export function Invitation() {
  const [state, run, pending] = useActionState(step, ASKED)
  useEffect(() => {
    const read = () => {
      if (window.location.hash === '') return
      const form = new FormData()
      form.set('token', window.location.hash.slice(1))
      window.history.replaceState(null, '', window.location.pathname)
      startTransition(() => run(form))
    }
    read()
    window.addEventListener('hashchange', read)
    return () => window.removeEventListener('hashchange', read)
  }, [run])

  if (state.kind === 'set')
    return (
      <>
        <div aria-live="polite">
          <Notice tone="success">The password is set. Sign in with it.</Notice>
        </div>
        <ButtonLink href="/admin/sign-in">Sign in</ButtonLink>
      </>
    )
  if (state.kind === 'ended')
    return (
      <Notice tone="danger" role="alert">
        <strong>This link opens nothing any more.</strong> It has been used, has expired, or a newer one was made. Ask
        an administrator for another one.
      </Notice>
    )
  if (state.kind === 'asked') {
    const { form } = state.fields
    return form ? (
      <Notice tone="danger" role="alert">
        {form}
      </Notice>
    ) : (
      <p className="muted">Open the link that an administrator has given you. It works once.</p>
    )
  }
  const { next, again, form } = pending ? {} : state.fields
  return (
    <Stack as="form" action={run} noValidate>
      <input type="hidden" name="token" value={state.token} />
      <Field id="email" name="email" type="email" label="E-mail" autoComplete="username" readOnly value={state.email} />
      <NewPassword next={next} again={again} />
      {form ? (
        <Notice tone="danger" role="alert">
          {form}
        </Notice>
      ) : null}
      <Button type="submit" disabled={pending}>
        {pending ? 'Setting it…' : 'Set the password'}
      </Button>
    </Stack>
  )
}
