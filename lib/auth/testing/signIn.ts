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

/** @returns the cookies that an answer sets, as the browser sends them back; those that it takes away are left out */
export function cookieOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .filter((line) => !/max-age=0\b/i.test(line))
    .map((line) => line.split(';')[0] ?? '')
    .filter((pair) => pair.includes('session_token='))
    .join('; ')
}

/** @returns the session's cookie @throws {Error} when the sign-in is refused */
export async function signInAs(email: string, password: string): Promise<string> {
  const answer = await postAuth('/sign-in/email', { email, password })
  const cookie = cookieOf(answer)
  if (answer.status !== 200 || cookie === '') throw new Error(`the sign-in of ${email} was answered ${answer.status}`)
  return cookie
}
