import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { Suspense } from 'react'
import styles from '../_components/Frame.module.css'
import { Gate } from '../_components/Frame.tsx'
import { SignInForm } from '../_components/SignInForm.tsx'
import { safeNext, signedInPrincipal } from '../_lib/session.ts'

export const metadata: Metadata = { title: 'Sign in' }

async function Form({ searchParams }: PageProps<'/admin/sign-in'>) {
  const { next } = await searchParams
  const target = safeNext(typeof next === 'string' ? next : undefined)
  if (await signedInPrincipal()) redirect(target)
  return <SignInForm next={target} />
}

export default function SignInPage(props: PageProps<'/admin/sign-in'>) {
  return (
    <Gate title="Sign in">
      <Suspense fallback={<div className={styles.waiting} />}>
        <Form {...props} />
      </Suspense>
    </Gate>
  )
}
