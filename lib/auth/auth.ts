import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { APIError, createAuthMiddleware, getSessionFromCtx } from 'better-auth/api'
import { writeAudit } from '#lib/audit/writeAudit.ts'
import { Role } from '#lib/generated/prisma/enums.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import { processSingleton } from '#lib/platform/processSingleton.ts'
import { countAttempt, forgetAttempts } from './signInAttempts.ts'
import { trustedOrigins } from './trustedOrigins.ts'

/** A working day. A session is not prolonged: whoever leaves a desk in the evening is signed out by the morning. */
const SESSION_SECONDS = 12 * 60 * 60
const SIGN_IN_PATH = '/sign-in/email'
const SIGN_OUT_PATH = '/sign-out'

/** The nearest proxy writes the last address; without one, Next writes the socket's. */
function clientAddress(headers: Headers | undefined): string {
  return headers?.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? 'unknown'
}

function emailOf(body: unknown): string {
  const email = typeof body === 'object' && body !== null && 'email' in body ? body.email : undefined
  return typeof email === 'string' ? email : ''
}

function createAuth() {
  const log = logger('auth')
  return betterAuth({
    appName: 'Evergreen',
    baseURL: env().PUBLIC_URL,
    basePath: '/api/auth',
    secret: env().AUTH_SECRET,
    database: prismaAdapter(db(), { provider: 'postgresql' }),
    trustedOrigins: (request) => trustedOrigins(request?.headers),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 128 },
    user: {
      additionalFields: {
        role: { type: Object.values(Role), required: true, defaultValue: Role.viewer, input: false },
      },
    },
    session: { expiresIn: SESSION_SECONDS, disableSessionRefresh: true },
    advanced: {
      cookiePrefix: 'evergreen',
      // `Secure` on plain http would make the browser drop the cookie, so it follows the address that people use.
      useSecureCookies: env().PUBLIC_URL.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      disableOriginCheck: false, // said, because better-auth leaves it out when NODE_ENV is "test"
    },
    // Bounds the cost of hashing passwords; the guard against guessing is countAttempt.
    rateLimit: { enabled: true, customRules: { [SIGN_IN_PATH]: { window: 60, max: 120 } } },
    hooks: {
      before: createAuthMiddleware(async (ctx) => {
        if (ctx.path === SIGN_OUT_PATH) {
          const session = await getSessionFromCtx(ctx)
          if (session) await writeAudit(db(), { actor: session.user.email, kind: 'session' }, { action: 'session.end' })
        }
        if (ctx.path !== SIGN_IN_PATH) return
        const wait = countAttempt(emailOf(ctx.body), clientAddress(ctx.headers))
        if (wait === undefined) return
        throw new APIError('TOO_MANY_REQUESTS', {
          code: 'TOO_MANY_ATTEMPTS',
          message: `Too many attempts. Try again in ${Math.ceil(wait / 60)} min.`,
        })
      }),
      after: createAuthMiddleware(async (ctx) => {
        if (ctx.path !== SIGN_IN_PATH) return
        const [email, address] = [emailOf(ctx.body), clientAddress(ctx.headers)]
        if (ctx.context.newSession) forgetAttempts(email, address)
        // The name of whoever was refused is what was typed: nobody was let in under it.
        const actor = ctx.context.newSession?.user.email ?? (email.slice(0, 100) || 'nobody')
        await writeAudit(
          db(),
          { actor, kind: 'session' },
          { action: ctx.context.newSession ? 'session.start' : 'session.refuse', detail: { address } },
        )
      }),
    },
    logger: { level: 'warn', log: (level, message, ...args) => log[level]({ args }, message) },
    onAPIError: {
      onError: (error) =>
        log[error instanceof APIError && error.statusCode < 500 ? 'debug' : 'error'](
          { err: error },
          'sign-in request failed',
        ),
    },
    telemetry: { enabled: false },
  })
}

export type Auth = ReturnType<typeof createAuth>

/** Sign-in by e-mail and password, sessions in Postgres. Accounts are made by an administrator, never by signing up. */
export function auth(): Auth {
  return processSingleton('auth', createAuth)
}
