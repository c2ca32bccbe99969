import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { listApiTokens } from '#lib/auth/apiTokens.ts'
import { Notice } from '../../../_ui/Notice.tsx'
import { PageHead, Section, Stack } from '../../_components/Layout.tsx'
import { Skeleton } from '../../_components/States.tsx'
import { requireSession } from '../../_lib/session.ts'
import { NewToken } from './TokenForms.tsx'
import { TokenTable } from './TokenTable.tsx'

export const metadata: Metadata = { title: 'API tokens' }

async function Tokens() {
  const principal = await requireSession('/admin/tokens')
  if (!principal.permissions.includes('tokens:manage')) {
    return (
      <Notice>
        <strong>Only administrators manage tokens.</strong> Ask one of them for a token.
      </Notice>
    )
  }
  const tokens = await listApiTokens(principal)
  return (
    <>
      <Section id="new" title="A new token" panel="narrow">
        <NewToken />
      </Section>
      <Section id="tokens" title="Tokens">
        <TokenTable tokens={tokens} />
      </Section>
    </>
  )
}

export default function TokensPage() {
  return (
    <Stack gap={6}>
      <PageHead
        title="API tokens"
        lead={
          <>
            For programs. The API is described in{' '}
            <Link href="/api/admin/openapi.json" prefetch={false} target="_blank">
              openapi.json
            </Link>
            .
          </>
        }
      />
      <Suspense fallback={<Skeleton rows={6} />}>
        <Tokens />
      </Suspense>
    </Stack>
  )
}
