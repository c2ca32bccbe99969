import type { Metadata } from 'next'
import { Suspense } from 'react'
import { ownSessions, type SessionView } from '#lib/auth/ownAccount.ts'
import { hasTwoFactor } from '#lib/auth/twoFactor.ts'
import { Badge, Notice } from '../../../_ui/Notice.tsx'
import { type Column, DataTable } from '../../_components/DataTable.tsx'
import { PageHead, Section, Stack } from '../../_components/Layout.tsx'
import { Skeleton } from '../../_components/States.tsx'
import { When } from '../../_components/Values.tsx'
import { requireOwnSession } from '../../_lib/session.ts'
import { ChangePassword, SignOutElsewhere } from './AccountForms.tsx'
import { TwoFactor } from './TwoFactor.tsx'

export const metadata: Metadata = { title: 'My account' }

const COLUMNS: readonly Column<SessionView>[] = [
  {
    header: 'Browser',
    kind: 'text',
    cell: ({ current, userAgent }) => (
      <>
        {current ? <Badge tone="success">This one</Badge> : null} {userAgent ?? 'Unknown'}
      </>
    ),
  },
  { header: 'Address', kind: 'text', cell: ({ address }) => <span className="mono">{address ?? '–'}</span> },
  { header: 'Signed in', kind: 'short', cell: ({ startedAt }) => <When at={new Date(startedAt)} /> },
  { header: 'Last used', kind: 'short', cell: ({ lastUsedAt }) => <When at={new Date(lastUsedAt)} /> },
]

function Sessions({ sessions }: { sessions: readonly SessionView[] }) {
  return (
    <Section id="sessions" title="Sessions" aside={<SignOutElsewhere others={sessions.length - 1} />}>
      <DataTable label="Sessions" columns={COLUMNS} rows={sessions} rowKey={({ id }) => id} testId="sessions" />
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
