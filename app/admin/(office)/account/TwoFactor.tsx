'use client'

import { useActionState } from 'react'
import { Button } from '../../../_ui/Button.tsx'
import { Field } from '../../../_ui/Field.tsx'
import { Fields, Row, Stack } from '../../_components/Layout.tsx'
import { Badge, Notice } from '../../../_ui/Notice.tsx'
import {
  begin,
  confirm,
  end,
  makeRecoveryCodes,
  type NewSecret,
  type TwoFactorState,
} from '../../_actions/twoFactor.ts'
import styles from './TwoFactor.module.css'

interface Props {
  readonly run: (form: FormData) => void
  readonly pending: boolean
  /** The action: a key of `STEPS`. */
  readonly step: string
  readonly field: { readonly type: string; readonly label: string; readonly autoComplete: string }
  readonly button: string
}

/** A form of one field. */
function TypedForm({ run, pending, step, field, button }: Props) {
  return (
    <form action={run} noValidate>
      <input type="hidden" name="step" value={step} />
      <Fields min="14rem" end>
        <Field id={`typed-${step}`} name="typed" {...field} />
        <Button type="submit" variant="secondary" disabled={pending}>
          {button}
        </Button>
      </Fields>
    </form>
  )
}

const STEPS = { begin, confirm, end, codes: makeRecoveryCodes } as const

/** One state for all forms of the panel: the answer of one replaces the answer of another. */
function step(previous: TwoFactorState, form: FormData): Promise<TwoFactorState> {
  const name = form.get('step')
  const act = Object.entries(STEPS).find(([each]) => each === name)?.[1]
  return act ? act(previous, form) : Promise.resolve(previous)
}

function QrCode({ rows }: Pick<NewSecret, 'rows'>) {
  const dark = rows.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])))
  return (
    <svg
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      className={styles.code}
      role="img"
      aria-label="QR code for your authenticator"
      shapeRendering="crispEdges"
    >
      <path d={dark.join('')} />
    </svg>
  )
}

function SetUp({ secret, rows }: NewSecret) {
  return (
    <Row gap={4}>
      <QrCode rows={rows} />
      <div className={styles.beside}>
        <p>Read the code with the authenticator on your phone, or type this into it:</p>
        <p className={`mono ${styles.secret}`}>{secret.match(/.{1,4}/g)?.join(' ')}</p>
      </div>
    </Row>
  )
}

function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  return (
    <Notice tone="warning">
      <p>
        <strong>Keep these recovery codes where your phone is not.</strong> Each signs in once in place of a code. They
        are shown this once.
      </p>
      <ul className={`mono ${styles.codes}`} data-testid="recovery-codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </Notice>
  )
}

const PASSWORD = { type: 'password', label: 'Your password', autoComplete: 'current-password' } as const
const CODE = { type: 'text', label: 'Code of the authenticator', autoComplete: 'one-time-code' } as const

/** Sets up an authenticator, makes recovery codes, and takes both away. */
export function TwoFactor({ on }: { on: boolean }) {
  const [state, run, pending] = useActionState(step, {})
  const { setUp, recoveryCodes, done, error } = state
  const form = { run, pending }
  return (
    <Stack>
      <p>
        {on ? <Badge tone="success">On</Badge> : <Badge>Off</Badge>} A stolen password alone opens nothing: signing in
        also asks for a code from your phone.
      </p>
      <Stack aria-live="polite" className={styles.said}>
        {done ? <Notice tone="success">{done}</Notice> : null}
        {error && !pending ? <Notice tone="danger">{error}</Notice> : null}
        {setUp ? <SetUp {...setUp} /> : null}
        {recoveryCodes ? <RecoveryCodes codes={recoveryCodes} /> : null}
      </Stack>
      {setUp ? <TypedForm {...form} step="confirm" field={CODE} button="Turn it on" /> : null}
      {!setUp && !on ? <TypedForm {...form} step="begin" field={PASSWORD} button="Set up an authenticator" /> : null}
      {!setUp && on ? (
        <>
          <TypedForm {...form} step="codes" field={PASSWORD} button="Make new recovery codes" />
          <TypedForm {...form} step="end" field={PASSWORD} button="Turn it off" />
        </>
      ) : null}
    </Stack>
  )
}
