import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { currentPrincipal, type Principal } from '#lib/auth/requirePermission.ts'

/** Who is signed in; asked once a request, however many components want to know. */
export const signedInPrincipal = cache(async (): Promise<Principal | undefined> => currentPrincipal(await headers()))

/**
 * The first line of every admin page. Every role may read prices; only changing them asks for more, and the actions
 * check that themselves.
 * @param path where to return to after signing in
 */
export async function requireSession(path: string): Promise<Principal> {
  const principal = await signedInPrincipal()
  if (!principal) redirect(signInPath(path))
  return principal
}

export function signInPath(next: string): string {
  return `/admin/sign-in?${new URLSearchParams({ next })}`
}

/** A place in the back office, and never another site: `//evil.example` and `/admin/../x` are not taken. */
export function safeNext(next: string | undefined): string {
  if (!next || next.includes('\\')) return '/admin'
  const base = 'http://internal.invalid'
  const url = URL.canParse(next, base) ? new URL(next, base) : undefined
  const inside = url?.origin === base && (url.pathname === '/admin' || url.pathname.startsWith('/admin/'))
  return url && inside && !url.pathname.startsWith('/admin/sign-in') ? `${url.pathname}${url.search}` : '/admin'
}
