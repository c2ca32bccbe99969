import type { Metadata } from 'next'
import { Suspense } from 'react'
import { ownSessions, type SessionView } from '#lib/auth/ownAccount.ts'
import { hasTwoFactor } from '#lib/auth/twoFactor.ts'
import { Notice } from '../../../_ui/Notice.tsx'
import { PageHead, Section, Stack } from '../../_components/Layout.tsx'
import { Skeleton } from '../../_components/States.tsx'
import { requireOwnSession } from '../../_lib/session.ts'
import { ChangePassword, SignOutElsewhere } from './AccountForms.tsx'
import { SessionTable } from './SessionTable.tsx'
import { TwoFactor } from './TwoFactor.tsx'

export const metadata: Metadata = { title: 'My account' }

function Sessions({ sessions }: { sessions: readonly SessionView[] }) {
  return (
    <Section id="sessions" title="Sessions" aside={<SignOutElsewhere others={sessions.length - 1} />}>
      <SessionTable sessions={sessions} />
    </Section>
  )
}

async function OwnAccount() {
  const session = await requireOwnSession()
  const { owesSecondFactor } = session
  const { name, email, role } = session.principal
  return (
    <>
      <p className="muted">
        {name} · {email} · {role}
      </p>
      {owesSecondFactor ? (
        <Notice tone="warning">Your role asks for a second factor. The back office opens once it is on.</Notice>
      ) : null}
      <Stack gap={5}>
        {owesSecondFactor ? null : (
          <Section id="password" title="Password" panel="narrow">
            <ChangePassword email={email} />
          </Section>
        )}
        <Section id="two-factor" title="Second factor" panel="narrow">
          <TwoFactor on={await hasTwoFactor(session)} />
        </Section>
      </Stack>
      {owesSecondFactor ? null : <Sessions sessions={await ownSessions(session)} />}
    </>
  )
}

export default function OwnAccountPage() {
  return (
    <Stack gap={6}>
      <PageHead title="My account" />
      <Suspense fallback={<Skeleton rows={6} />}>
        <OwnAccount />
      </Suspense>
    </Stack>
  )
}
