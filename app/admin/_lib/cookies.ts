import { parseSetCookieHeader, toCookieOptions } from 'better-auth/cookies'
import { cookies } from 'next/headers'

/**
 * Hands the cookies of a sign-in, a sign-out or a second factor to the browser. Only those do it: a cookie that is set while a
 * price is saved makes Next render the page again, which would replace "your session has ended" by the sign-in page.
 */
export async function applyCookies(answer: Headers): Promise<void> {
  const jar = await cookies()
  for (const [name, cookie] of parseSetCookieHeader(answer.get('set-cookie') ?? ''))
    jar.set(name, cookie.value, toCookieOptions(cookie))
}
