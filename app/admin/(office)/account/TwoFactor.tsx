'use client'

import { useActionState } from 'react'
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
import { TypedForm } from './TypedForm.tsx'

const STEPS = { begin, confirm, end, codes: makeRecoveryCodes } as const

/** One state for all forms of the panel, so that what one answers takes the place of what another did. */
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
    <div className={styles.setUp}>
      <QrCode rows={rows} />
      <div>
        <p>Read the code with the authenticator on your phone, or type this into it:</p>
        <p className={`mono ${styles.secret}`}>{secret.match(/.{1,4}/g)?.join(' ')}</p>
      </div>
    </div>
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
    <div className={styles.panel}>
      <p>
        {on ? <Badge tone="success">On</Badge> : <Badge>Off</Badge>} With it, a password that was stolen opens nothing:
        signing in also asks for a code of your phone.
      </p>
      <div aria-live="polite" className={styles.panel}>
        {done ? <Notice tone="success">{done}</Notice> : null}
        {error && !pending ? <Notice tone="danger">{error}</Notice> : null}
        {setUp ? <SetUp {...setUp} /> : null}
        {recoveryCodes ? <RecoveryCodes codes={recoveryCodes} /> : null}
      </div>
      {setUp ? <TypedForm {...form} step="confirm" field={CODE} button="Turn it on" /> : null}
      {!setUp && !on ? <TypedForm {...form} step="begin" field={PASSWORD} button="Set up an authenticator" /> : null}
      {!setUp && on ? (
        <>
          <TypedForm {...form} step="codes" field={PASSWORD} button="Make new recovery codes" />
          <TypedForm {...form} step="end" field={PASSWORD} button="Turn it off" />
        </>
      ) : null}
    </div>
  )
}
