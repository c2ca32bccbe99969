'use client'

import { useActionState } from 'react'
import { Button } from '../../../_ui/Button.tsx'
import { Field } from '../../../_ui/Field.tsx'
import { Notice } from '../../../_ui/Notice.tsx'
import { changePassword, signOutElsewhere } from '../../_actions/ownAccount.ts'
import { Fields, Row, Stack } from '../../_components/Layout.tsx'
import { NewPassword } from '../../_components/NewPassword.tsx'

export function ChangePassword({ email }: { email: string }) {
  const [state, action, pending] = useActionState(changePassword, { fields: {} })
  const { current, next, again, form } = pending ? {} : state.fields
  return (
    <Stack as="form" action={action} noValidate>
      <input type="hidden" name="username" autoComplete="username" value={email} />
      <Field
        id="current"
        name="current"
        type="password"
        label="Current password"
        autoComplete="current-password"
        error={current}
      />
      <Fields>
        <NewPassword next={next} again={again} />
      </Fields>
      <Row>
        <Button type="submit" disabled={pending}>
          {pending ? 'Changing it…' : 'Change the password'}
        </Button>
      </Row>
      <div aria-live="polite">
        {state.done && !pending ? <Notice tone="success">{state.done}</Notice> : null}
        {form ? <Notice tone="danger">{form}</Notice> : null}
      </div>
    </Stack>
  )
}

/** @param others sessions beside this one */
export function SignOutElsewhere({ others }: { others: number }) {
  const [state, action, pending] = useActionState(signOutElsewhere, {})
  return (
    <Row as="form" action={action}>
      <span aria-live="polite">{pending ? null : (state.done ?? state.error)}</span>
      {others > 0 ? (
        <Button type="submit" variant="secondary" disabled={pending}>
          Sign out everywhere else
        </Button>
      ) : null}
    </Row>
  )
}
