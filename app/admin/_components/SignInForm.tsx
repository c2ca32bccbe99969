'use client'

import { useActionState } from 'react'
import { Button } from '../../_ui/Button.tsx'
import { Field } from '../../_ui/Field.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { confirmCode, signIn, type SignInState } from '../_actions/signIn.ts'
import { Stack } from './Layout.tsx'

/** The form has changed under the cursor. */
function focused(input: HTMLInputElement | null): void {
  input?.focus()
}

function step(previous: SignInState, form: FormData): Promise<SignInState> {
  return form.has('code') ? confirmCode(previous, form) : signIn(previous, form)
}

export function SignInForm({ next }: { next: string }) {
  const [state, action, pending] = useActionState(step, { email: '' })
  if (state.asksCode)
    return (
      <Stack as="form" key="code" action={action}>
        <input type="hidden" name="next" value={next} />
        {state.error ? (
          <Notice tone="danger" role="alert">
            {state.error}
          </Notice>
        ) : null}
        <Field
          id="code"
          name="code"
          label="Code"
          autoComplete="one-time-code"
          autoCapitalize="off"
          required
          hint="Of your authenticator, or one of your recovery codes."
          ref={focused}
        />
        <Button type="submit" disabled={pending}>
          {pending ? 'Signing in…' : 'Sign in'}
        </Button>
      </Stack>
    )
  return (
    <Stack as="form" key="password" action={action}>
      <input type="hidden" name="next" value={next} />
      {state.error ? (
        <Notice tone="danger" role="alert">
          {state.error}
        </Notice>
      ) : null}
      <Field
        id="email"
        name="email"
        type="email"
        label="E-mail"
        autoComplete="username"
        required
        defaultValue={state.email}
      />
      <Field id="password" name="password" type="password" label="Password" autoComplete="current-password" required />
      <Button type="submit" disabled={pending}>
        {pending ? 'Signing in…' : 'Sign in'}
      </Button>
    </Stack>
  )
}
