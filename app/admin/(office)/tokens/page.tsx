import type { Metadata } from 'next'
import Link from 'next/link'
import { Suspense } from 'react'
import { listApiTokens } from '#lib/auth/apiTokens.ts'
import { Notice } from '../../../_ui/Notice.tsx'
import { Skeleton } from '../../_components/Skeleton.tsx'
import { requireSession } from '../../_lib/session.ts'
import page from '../page.module.css'
import { NewToken } from './NewToken.tsx'
import { TokenTable } from './TokenTable.tsx'
import styles from './tokens.module.css'

export const metadata: Metadata = { title: 'API tokens' }

async function Tokens() {
  const principal = await requireSession('/admin/tokens')
  if (!principal.permissions.includes('tokens:manage')) {
    return (
      <Notice>
        <strong>Only administrators manage tokens.</strong> Ask one of them for a token, and say what will use it.
      </Notice>
    )
  }
  const tokens = await listApiTokens(principal)
  return (
    <>
      <section aria-labelledby="new" className={styles.panel}>
        <h2 id="new" className={page.heading}>
          A new token
        </h2>
        <NewToken />
      </section>
      <section aria-labelledby="tokens">
        <h2 id="tokens" className={page.heading}>
          Tokens
        </h2>
        <TokenTable tokens={tokens} />
      </section>
    </>
  )
}

export default function TokensPage() {
  return (
    <div className={page.page}>
      <div>
        <h1 className={page.title}>API tokens</h1>
        <p className="muted">
          What programs sign in with. What the API takes is in{' '}
          <Link href="/api/admin/openapi.json" prefetch={false} target="_blank">
            openapi.json
          </Link>
          .
        </p>
      </div>
      <Suspense fallback={<Skeleton rows={6} />}>
        <Tokens />
      </Suspense>
    </div>
  )
}
