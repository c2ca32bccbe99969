/** Signing in without a browser, for tests of what a session may do. */
import { env } from '#lib/platform/env.ts'
import { auth } from '../auth.ts'

/** @param path below `/api/auth` */
export function postAuth(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return auth().handler(
    new Request(`${env().PUBLIC_URL}/api/auth${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: env().PUBLIC_URL,
        'x-forwarded-for': '192.0.2.1',
        ...headers,
      },
      body: JSON.stringify(body),
    }),
  )
}

/** @returns the cookies that an answer sets, as a browser sends them back: of two for one name the last counts */
function jarOf(answer: Response): ReadonlyMap<string, string> {
  const jar = new Map<string, string>()
  for (const line of answer.headers.getSetCookie()) {
    const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
    if (/max-age=0\b/i.test(line)) jar.delete(name)
    else jar.set(name, value)
  }
  return jar
}

/** @returns all cookies of an answer, as the next request has them */
export function cookiesOf(answer: Response): string {
  return [...jarOf(answer)].map(([name, value]) => `${name}=${value}`).join('; ')
}

/** @returns of those the session's; empty where there is none */
export function cookieOf(answer: Response): string {
  return [...jarOf(answer)]
    .filter(([name]) => name.endsWith('session_token'))
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')
}

/** @returns the session's cookie @throws {Error} when the sign-in is refused */
export async function signInAs(email: string, password: string): Promise<string> {
  const answer = await postAuth('/sign-in/email', { email, password })
  const cookie = cookieOf(answer)
  if (answer.status !== 200 || cookie === '') throw new Error(`the sign-in of ${email} was answered ${answer.status}`)
  return cookie
}
