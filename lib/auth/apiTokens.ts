/**
 * Tokens with which programs use the API. The token itself is shown once and never kept: a row has its hash.
 *
 * Ours: the api-key plugin of better-auth 1.7 deletes a key that has expired, and frees its name; it writes to the row with each
 * request, lets a key do what its maker may no more, and has no transaction that the audit entry could share.
 */
import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { writeAudit } from '#lib/audit/writeAudit.ts'
import { serialBatch } from '#lib/coherence/index.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { Role } from '#lib/generated/prisma/enums.ts'
import type { ApiTokenModel } from '#lib/generated/prisma/models.ts'
import { db, lookUp } from '#lib/platform/db.ts'
import { InvalidTokenError, SessionStoreUnavailableError, TokenNameTakenError } from '#lib/access/errors.ts'
import { lesserRole, PEOPLE_ONLY, permissionsOf } from '#lib/access/permissions.ts'
import { assertMay, type Principal } from '#lib/access/principal.ts'

/** Says what it is to people and to programs that look for leaked secrets. */
const PREFIX = 'evg_'
const SHAPE = /^evg_[\w-]{43}$/
const DAY_MS = 86_400_000
/** `last_used_at` is for people who clean up: a minute is exact enough, and spares a write for each request. */
const USED_EVERY_MS = 60_000

export const newApiToken = z.strictObject({
  name: z
    .string('Name the token after what uses it.')
    .trim()
    .min(1, 'Name the token after what uses it.')
    .max(100, 'A name has at most 100 characters.'),
  role: z.enum(Role, 'A role is viewer, editor or admin.'),
  expiresInDays: z
    .int('Days are a whole number.')
    .min(1, 'At least one day.')
    .max(3_650, 'At most ten years.')
    .optional(),
})
export type NewApiToken = z.input<typeof newApiToken>

export interface ApiTokenView {
  readonly id: string
  readonly name: string
  readonly lastFour: string
  readonly role: Role
  /** E-mail of the account that it acts for; null once that was deleted. */
  readonly createdBy: string | null
  /** ISO 8601, as all times here. */
  readonly createdAt: string
  readonly expiresAt: string | null
  readonly lastUsedAt: string | null
  readonly revokedAt: string | null
  readonly usable: boolean
}

type Row = ApiTokenModel & { user: { email: string } | null }
const withUser = { user: { select: { email: true } } } as const

function isUsable({ revokedAt, expiresAt }: Pick<ApiTokenModel, 'revokedAt' | 'expiresAt'>): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt.getTime() > Date.now())
}

function viewOf(row: Row): ApiTokenView {
  const { id, name, lastFour, role } = row
  const times = {
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  }
  return {
    id,
    name,
    lastFour,
    role,
    createdBy: row.user?.email ?? null,
    createdAt: row.createdAt.toISOString(),
    ...times,
    usable: row.user !== null && isUsable(row),
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/**
 * @returns the token, which cannot be read again, and its row
 * @throws {MissingPermissionError} @throws {TokenNameTakenError}
 */
export async function createApiToken(
  input: NewApiToken,
  principal: Principal,
): Promise<{ token: string; view: ApiTokenView }> {
  assertMay(principal, 'tokens:manage')
  const { name, role, expiresInDays } = newApiToken.parse(input)
  const token = `${PREFIX}${randomBytes(32).toString('base64url')}`
  const expiresAt = expiresInDays === undefined ? null : new Date(Date.now() + expiresInDays * DAY_MS)
  const data = { name, role, hash: hashOf(token), lastFour: token.slice(-4), userId: principal.userId, expiresAt }
  try {
    const row = await db().$transaction(async (tx) => {
      await writeAudit(tx, principal, {
        action: 'tokens.create',
        target: `token:${name}`,
        detail: { role, expiresAt: expiresAt?.toISOString() ?? null },
      })
      return tx.apiToken.create({ data, include: withUser })
    })
    return { token, view: viewOf(row) }
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002')
      throw new TokenNameTakenError(name)
    throw error
  }
}

/** Every token, also those that can no longer be used, the newest first. */
export async function listApiTokens(principal: Principal): Promise<ApiTokenView[]> {
  assertMay(principal, 'tokens:manage')
  return (await db().apiToken.findMany({ include: withUser, orderBy: { createdAt: 'desc' } })).map(viewOf)
}

/** Ends the token at once; one that was revoked before stays so. @returns undefined when there is no such token */
export async function revokeApiToken(id: string, principal: Principal): Promise<ApiTokenView | undefined> {
  assertMay(principal, 'tokens:manage')
  return db().$transaction(async (tx) => {
    const { count } = await tx.apiToken.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } })
    const row = await tx.apiToken.findUnique({ where: { id }, include: withUser })
    if (row && count > 0) await writeAudit(tx, principal, { action: 'tokens.revoke', target: `token:${row.name}` })
    return row ? viewOf(row) : undefined
  })
}

/** A token with the account that it acts for. */
const heldToken = z.object({
  id: z.string(),
  hash: z.string(),
  name: z.string(),
  role: z.enum(Role),
  expiresAt: z.date().nullable(),
  lastUsedAt: z.date().nullable(),
  revokedAt: z.date().nullable(),
  userId: z.string(),
  email: z.string(),
  userRole: z.enum(Role),
})

const HELD = `
  SELECT t.id, t.hash, t.name, t.role, t.expires_at AS "expiresAt", t.last_used_at AS "lastUsedAt", t.revoked_at AS "revokedAt",
    u.id AS "userId", u.email, u.role AS "userRole"
  FROM api_tokens t JOIN users u ON u.id = t.user_id WHERE t.hash = ANY((SELECT $1::text[])::text[]) AND u.disabled_at IS NULL`

const heldByHash = serialBatch(async (hashes: string[]) => {
  const held = (await lookUp(HELD, [hashes])).map((row) => heldToken.parse(row))
  return new Map(held.map((one) => [one.hash, one]))
})

/** Each request asks Postgres for it, after it came, so that a token that is revoked ends at once. Those that wait ask together. */
async function heldBy(token: string): Promise<z.output<typeof heldToken> | undefined> {
  const hash = hashOf(token)
  try {
    return (await heldByHash([hash])).get(hash)
  } catch (error) {
    throw new SessionStoreUnavailableError(error)
  }
}

/**
 * The principal of this token: its role, but never more than the account that made it has now. It manages neither tokens nor
 * accounts, so that revoking a leaked one ends what it could do.
 * @throws {InvalidTokenError} when it is unknown, revoked or expired; the answer does not say which
 * @throws {SessionStoreUnavailableError} when Postgres does not answer
 */
export async function tokenPrincipal(token: string): Promise<Principal> {
  const row = SHAPE.test(token) ? await heldBy(token) : undefined
  if (!row || !isUsable(row)) throw new InvalidTokenError()
  const used = new Date()
  if (row.lastUsedAt === null || used.getTime() - row.lastUsedAt.getTime() >= USED_EVERY_MS) {
    await db().apiToken.updateMany({ where: { id: row.id }, data: { lastUsedAt: used } })
  }
  const role = lesserRole(row.role, row.userRole)
  const permissions = permissionsOf(role).filter((permission) => !PEOPLE_ONLY.has(permission))
  return {
    kind: 'token',
    userId: row.userId,
    name: row.name,
    email: row.email,
    actor: `token ${row.name}`,
    role,
    permissions,
  }
}
