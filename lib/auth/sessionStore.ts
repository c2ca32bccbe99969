/**
 * The view of Postgres that better-auth gets. A session's row holds the hash of its token, so that a copy of the table opens
 * nothing, and a row beyond a limit is not there. An operation that is not here finds no session: it fails closed.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db } from '#lib/platform/db.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'

/** Seconds. A working day: a session left open in the evening has ended by the morning. Use does not prolong it. */
export const SESSION_SECONDS = 12 * 60 * 60
/** Seconds without a request. Long enough for a meeting, too short for a night. */
export const IDLE_SECONDS = 2 * 60 * 60
/** Seconds: a request within this time of the last one costs no write. */
const USED_EVERY_SECONDS = 60
/** Characters kept of the user agent, which the list of sessions shows; better-auth would keep 16 kB of it. */
const LONGEST_AGENT = 300

/** @returns sha256, base64url: a token has 190 random bits, so nothing slower is needed */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000)

/** The sessions that are within both limits, of accounts that are not disabled. */
export function liveSessions() {
  return {
    expiresAt: { gt: new Date() },
    createdAt: { gt: ago(SESSION_SECONDS) },
    lastUsedAt: { gt: ago(IDLE_SECONDS) },
    user: { disabledAt: null },
  } satisfies Prisma.SessionWhereInput
}

type TokenFilter = Prisma.SessionWhereInput['token']

function plainToken(filter: TokenFilter): string | undefined {
  const token = typeof filter === 'object' ? filter.equals : filter
  return typeof token === 'string' ? token : undefined
}

/** A filter by token asks for the hash of it. */
function sealed<T extends { token?: TokenFilter }>(where: T | undefined): T | undefined {
  const token = plainToken(where?.token)
  return where === undefined || token === undefined ? where : { ...where, token: hashToken(token) }
}

const sessionQueries = Prisma.defineExtension({
  name: 'sessions',
  query: {
    session: {
      async create({ args, query }) {
        const { token, userAgent, createdAt, expiresAt } = args.data
        const latest = new Date(new Date(createdAt ?? Date.now()).getTime() + SESSION_SECONDS * 1_000)
        const data = {
          ...args.data,
          token: hashToken(token),
          userAgent: userAgent?.slice(0, LONGEST_AGENT),
          // Without "remember me" better-auth asks for a day.
          expiresAt: new Date(expiresAt) < latest ? expiresAt : latest,
          lastUsedAt: new Date(),
        }
        return { ...(await query({ ...args, data })), token }
      },
      async findFirst({ args, query }) {
        const found = await query({ ...args, where: { ...sealed(args.where), ...liveSessions() } })
        // A caller that asked by the token has it, and ends or prolongs the session by it.
        const token = plainToken(args.where?.token)
        return found && token !== undefined ? { ...found, token } : found
      },
      findMany: ({ args, query }) => query({ ...args, where: sealed(args.where) }),
      update: ({ args, query }) => query({ ...args, where: sealed(args.where) ?? args.where }),
      deleteMany: ({ args, query }) => query({ ...args, where: sealed(args.where) }),
    },
  },
})

const withSessions = () => db().$extends(sessionQueries)
type Client = ReturnType<typeof withSessions>
type Transaction = Parameters<Parameters<Client['$transaction']>[0]>[0]

const underWay = () => processSingleton('authTransaction', () => new AsyncLocalStorage<Transaction>())

/** The client for better-auth: within `authTransaction` that of the transaction. */
export function authDatabase(): Client {
  return new Proxy(withSessions(), {
    get: (client, name) => Reflect.get(underWay().getStore() ?? client, name),
  })
}

/** Writes of better-auth within `work` are committed together with those of `work` to `tx`, or neither is. */
export function authTransaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  return withSessions().$transaction((tx) => underWay().run(tx, () => work(tx)))
}

/** Notes that the session is in use, at most once a minute. @param id of the session */
export async function touchSession(id: string): Promise<void> {
  const before = ago(USED_EVERY_SECONDS)
  await db().session.updateMany({ where: { id, lastUsedAt: { lt: before } }, data: { lastUsedAt: new Date() } })
}
