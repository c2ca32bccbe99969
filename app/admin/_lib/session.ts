import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { parseSetCookieHeader, toCookieOptions } from 'better-auth/cookies'
import { SecondFactorDueError } from '#lib/access/errors.ts'
import { currentSession, type Principal, type SessionUse, type SignedIn } from '#lib/auth/requirePermission.ts'

/** With the cookies that an action of this request has set: it may have put another session in the place of the one before. */
async function currentHeaders(): Promise<Headers> {
  const head = new Headers(await headers())
  const all = (await cookies()).getAll()
  head.set('cookie', all.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; '))
  return head
}

/** Asked once a request, however many components want to know. */
const signedIn = cache(async (use: SessionUse): Promise<SignedIn | undefined> =>
  currentSession(await currentHeaders(), use),
)

/** The signed-in account, with or without the second factor that its role may ask for. */
export function signedInPerson(): Promise<SignedIn | undefined> {
  return signedIn('enrolment')
}

/** On which a second factor is set up. */
const OWN_ACCOUNT = '/admin/account'

/** The signed-in account. One that owes a second factor is led to the page that sets one up. */
export async function signedInPrincipal(): Promise<Principal | undefined> {
  const session = await signedIn('request').catch((error: unknown) => {
    if (error instanceof SecondFactorDueError) redirect(OWN_ACCOUNT)
    throw error
  })
  return session?.principal
}

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

/** The same for the page of the own account, on which a second factor that is owed is set up, and nothing else done. */
export async function requireOwnSession(): Promise<SignedIn> {
  const session = await signedInPerson()
  if (!session) redirect(signInPath(OWN_ACCOUNT))
  return session
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

/**
 * Hands the cookies of a sign-in, a sign-out or a second factor to the browser. Only those do it: a cookie that is set while a
 * price is saved makes Next render the page again, which would replace "your session has ended" by the sign-in page.
 */
export async function applyCookies(answer: Headers): Promise<void> {
  const jar = await cookies()
  for (const [name, cookie] of parseSetCookieHeader(answer.get('set-cookie') ?? ''))
    jar.set(name, cookie.value, toCookieOptions(cookie))
}
