import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { APIError, createAuthMiddleware, getSessionFromCtx, isAPIError } from 'better-auth/api'
import { twoFactor } from 'better-auth/plugins'
import { z } from 'zod'
import { refusals } from '#lib/audit/refusals.ts'
import { writeAudit } from '#lib/audit/writeAudit.ts'
import { Role } from '#lib/generated/prisma/enums.ts'
import { clientAddress } from '#lib/platform/http/clientAddress.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from './passwords.ts'
import { authDatabase, hashToken, SESSION_SECONDS } from './sessionStore.ts'
import { accountId, signInThrottle, type Attempt } from './signInThrottle.ts'
import { trustedOrigins } from './trustedOrigins.ts'

const SIGN_IN_PATH = '/sign-in/email'
const SIGN_OUT_PATH = '/sign-out'
const AUTHENTICATOR = 'authenticator'
/** The second step of a sign-in; with a session, the first code of a new authenticator. */
const CODE_PATHS: Readonly<Record<string, string>> = {
  '/two-factor/verify-totp': AUTHENTICATOR,
  '/two-factor/verify-backup-code': 'recovery code',
}

/** Seconds for which a browser that has signed in is distinguished from a stranger's. */
const DEVICE_SECONDS = 90 * 24 * 60 * 60

const bodyText = z.string().catch('')
const emailOf = (body: unknown): string => z.object({ email: bodyText }).catch({ email: '' }).parse(body).email
const codeOf = (body: unknown): string => z.object({ code: bodyText }).catch({ code: '' }).parse(body).code

/** The part of better-auth's context that is used here. */
type HookContext = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0]

/** Only the pages of the back office get it: a shopper's pages are answered from caches, past all cookies. */
function deviceCookie({ context }: HookContext): ReturnType<HookContext['context']['createAuthCookie']> {
  return context.createAuthCookie('device', { maxAge: DEVICE_SECONDS, path: '/admin' })
}

async function attemptOf(ctx: HookContext): Promise<Attempt> {
  const email = emailOf(ctx.body)
  const [account, device] = String(await ctx.getSignedCookie(deviceCookie(ctx).name, ctx.context.secret)).split('.')
  return { email, address: clientAddress(ctx.headers), device: account === accountId(email) ? device : undefined }
}

/** The name in the log is the typed one: no account was let in under it. */
function refuse({ email, address }: Attempt, code: string): Promise<void> {
  const who = { actor: email.trim() || 'anonymous', kind: 'session' } as const
  return refusals().record({ who, action: 'session.refuse', code, address })
}

/** @throws {APIError} 429 with Retry-After when there were too many */
async function admit(ctx: HookContext): Promise<void> {
  const attempt = await attemptOf(ctx)
  const admission = await signInThrottle().admit(attempt)
  if (admission.admitted) {
    await delay(admission.delayMs)
    return
  }
  const { retryAfterS } = admission
  await refuse(attempt, 'too_many_attempts')
  const message = `Too many attempts. Try again in ${Math.ceil(retryAfterS / 60)} min.`
  throw new APIError(
    'TOO_MANY_REQUESTS',
    { code: 'TOO_MANY_ATTEMPTS', message },
    { 'Retry-After': String(retryAfterS) },
  )
}

const DISABLED = 'ACCOUNT_DISABLED'

/** Asked after the password, so that only its owner learns it. @throws {APIError} 403 */
async function refuseDisabled(id: string): Promise<void> {
  const user = await db().user.findUnique({ where: { id }, select: { disabledAt: true } })
  if (user?.disabledAt)
    throw new APIError('FORBIDDEN', {
      code: DISABLED,
      message: 'This account is disabled. An administrator can enable it.',
    })
}

function isDisabled(answer: unknown): boolean {
  return isAPIError(answer) && answer.body?.code === DISABLED
}

async function rememberDevice(ctx: HookContext, attempt: Attempt): Promise<void> {
  const { name, attributes } = deviceCookie(ctx)
  const value = `${accountId(attempt.email)}.${attempt.device ?? randomUUID()}`
  await ctx.setSignedCookie(name, value, ctx.context.secret, attributes)
}

/** @param second the second factor, where there was one */
async function letIn(ctx: HookContext, attempt: Attempt, second?: string): Promise<void> {
  await rememberDevice(ctx, attempt)
  const detail = { address: attempt.address, ...(second !== undefined && { second }) }
  await writeAudit(db(), { actor: attempt.email, kind: 'session' }, { action: 'session.start', detail })
}

async function afterPassword(ctx: HookContext): Promise<void> {
  const attempt = await attemptOf(ctx)
  const { newSession, returned } = ctx.context
  if (!newSession) return refuse(attempt, isDisabled(returned) ? 'account_disabled' : 'wrong_password')
  await signInThrottle().succeeded(attempt)
  // The plugin takes the session back, and asks for a code.
  if (newSession.user['twoFactorEnabled'] === true) return
  await letIn(ctx, { ...attempt, email: newSession.user.email })
}

/** The account whose password was right a moment ago, for the log. */
async function challenged(ctx: HookContext): Promise<string | undefined> {
  const { name } = ctx.context.createAuthCookie('two_factor')
  const identifier = await ctx.getSignedCookie(name, ctx.context.secret)
  if (!identifier) return undefined
  const challenge = await db().verification.findFirst({ where: { identifier } })
  return challenge ? (await db().user.findUnique({ where: { id: challenge.value } }))?.email : undefined
}

/** @throws {APIError} 401 when an authenticator's code was used before: an observer of its typing knows it */
async function afterCode(ctx: HookContext): Promise<void> {
  const { newSession, session } = ctx.context
  if (session) return // its owner sets up an authenticator
  const address = clientAddress(ctx.headers)
  if (!newSession) return refuse({ email: (await challenged(ctx)) ?? 'anonymous', address }, 'wrong_code')
  const { user } = newSession
  const second = CODE_PATHS[ctx.path] ?? ''
  if (second === AUTHENTICATOR && !(await signInThrottle().admitCode(user.id, codeOf(ctx.body)))) {
    await db().session.deleteMany({ where: { token: hashToken(newSession.session.token) } })
    await refuse({ email: user.email, address }, 'used_code')
    throw new APIError('UNAUTHORIZED', { code: 'INVALID_CODE', message: 'The code was used already.' })
  }
  await letIn(ctx, { email: user.email, address }, second)
}

function createAuth() {
  const log = logger('auth')
  const isSecure = env().PUBLIC_URL.startsWith('https:')
  return betterAuth({
    appName: 'Evergreen',
    baseURL: env().PUBLIC_URL,
    basePath: '/api/auth',
    secret: env().AUTH_SECRET,
    database: prismaAdapter(authDatabase(), { provider: 'postgresql' }),
    trustedOrigins: (request) => trustedOrigins(request?.headers),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: SHORTEST_PASSWORD,
      maxPasswordLength: LONGEST_PASSWORD,
    },
    user: {
      additionalFields: {
        role: { type: Object.values(Role), required: true, defaultValue: Role.viewer, input: false },
      },
    },
    session: { expiresIn: SESSION_SECONDS, disableSessionRefresh: true },
    advanced: {
      // `Secure` on plain http would make the browser drop the cookie, so it follows the address that people use. `__Host-`, which no
      // other host of the domain can set, asks for the path `/`: the library knows `__Secure-` only.
      cookiePrefix: isSecure ? '__Host-evergreen' : 'evergreen',
      cookies: { device: { name: isSecure ? '__Secure-evergreen.device' : 'evergreen.device' } },
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', secure: isSecure },
      disableOriginCheck: false, // said, because better-auth leaves it out when NODE_ENV is "test"
    },
    plugins: [twoFactor()],
    rateLimit: { enabled: false }, // signInThrottle counts for all instances, and its 429 says when to come again
    databaseHooks: { session: { create: { before: ({ userId }) => refuseDisabled(userId) } } },
    hooks: {
      before: createAuthMiddleware(async (ctx) => {
        if (ctx.path === SIGN_OUT_PATH) {
          const session = await getSessionFromCtx(ctx)
          if (session) await writeAudit(db(), { actor: session.user.email, kind: 'session' }, { action: 'session.end' })
        }
        if (ctx.path === SIGN_IN_PATH) await admit(ctx)
      }),
      after: createAuthMiddleware(async (ctx) => {
        if (ctx.path === SIGN_IN_PATH) await afterPassword(ctx)
        if (ctx.path in CODE_PATHS) await afterCode(ctx)
      }),
    },
    logger: { level: 'warn', log: (level, message, ...args) => log[level]({ args }, message) },
    onAPIError: {
      onError: (error) =>
        log[isAPIError(error) && error.statusCode < 500 ? 'debug' : 'error']({ err: error }, 'sign-in request failed'),
    },
    telemetry: { enabled: false },
  })
}

export type Auth = ReturnType<typeof createAuth>

/** Sign-in by e-mail and password, sessions in Postgres. Accounts are made by an administrator, never by signing up. */
export function auth(): Auth {
  return processSingleton('auth', createAuth)
}
