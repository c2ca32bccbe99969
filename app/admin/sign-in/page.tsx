import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { Suspense } from 'react'
import { Brand } from '../_components/Brand.tsx'
import { SignInForm } from '../_components/SignInForm.tsx'
import { safeNext, signedInPrincipal } from '../_lib/session.ts'
import styles from './page.module.css'

export const metadata: Metadata = { title: 'Sign in' }

async function Form({ searchParams }: PageProps<'/admin/sign-in'>) {
  const { next } = await searchParams
  const target = safeNext(typeof next === 'string' ? next : undefined)
  if (await signedInPrincipal()) redirect(target)
  return <SignInForm next={target} />
}

export default function SignInPage(props: PageProps<'/admin/sign-in'>) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <Brand />
        <h1 className={styles.title}>Sign in</h1>
        <Suspense fallback={<div className={styles.waiting} />}>
          <Form {...props} />
        </Suspense>
      </div>
    </main>
  )
}
