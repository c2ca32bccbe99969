import { auth } from '#lib/auth/auth.ts'
import { unstorableText } from '#lib/platform/http/storableText.ts'

/** The routes that a program needs to sign in and out. Nothing else of better-auth's surface is reachable. */
const REACHABLE = new Set(['/api/auth/sign-in/email', '/api/auth/sign-out', '/api/auth/get-session'])

async function handle(request: Request): Promise<Response> {
  if (!REACHABLE.has(new URL(request.url).pathname)) {
    return Response.json({ error: { code: 'not_found', message: 'There is no such endpoint.' } }, { status: 404 })
  }
  // Reads a copy: the reader of the body itself refuses what is not JSON.
  const unstorable = unstorableText(
    await request
      .clone()
      .json()
      .catch(() => undefined),
  )
  if (unstorable) return Response.json({ error: { code: 'invalid_request', ...unstorable } }, { status: 400 })
  const response = await auth().handler(request)
  const headers = new Headers(response.headers)
  headers.set('cache-control', 'no-store')
  return new Response(response.body, { status: response.status, headers })
}

export { handle as GET, handle as POST }
