/** Reads an error of a store by its name: Next bundles copies of classes. */

/** P1xxx: cannot connect. P2024, P2028: no connection or no transaction in time. */
const PRISMA_AWAY = /^P1\d{3}$|^P2024$|^P2028$/
/** The driver's code of a failed raw statement, for which Prisma has one code for all. */
const DRIVER_AWAY = /^(?:DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections)$/
/**
 * SQLSTATE of a Postgres that cannot do its work now: connections that broke, no disk, no memory, too many connections, one that is
 * stopping, starting or recovering from a crash, and one that is not the primary any more or not yet.
 */
const POSTGRES_AWAY = /^(?:08|53)|^57P0[1-3]$|^25006$/
/** The driver has no code for what happens to a connection. */
const CONNECTION_LOST =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error)/
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN'])

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined
}

/** The error of the driver in one of Prisma. */
const driverError = (error: unknown): unknown => fieldOf(fieldOf(error, 'meta'), 'driverAdapterError')

/** The words of Postgres in an error of the driver, or of Prisma. @returns undefined where they are not of Postgres */
export function postgresSays(error: unknown): { readonly sqlState: string; readonly message: string } | undefined {
  const cause = fieldOf(driverError(error), 'cause')
  const [sqlState, message] =
    fieldOf(error, 'severity') === undefined
      ? [fieldOf(cause, 'originalCode'), fieldOf(cause, 'originalMessage')]
      : [fieldOf(error, 'code'), fieldOf(error, 'message')]
  return typeof sqlState === 'string' ? { sqlState, message: typeof message === 'string' ? message : '' } : undefined
}

function driverSays(error: Error): boolean {
  const driver = driverError(error)
  return driver instanceof Error && DRIVER_AWAY.test(driver.message)
}

function saysSo(error: Error): boolean {
  if (POSTGRES_AWAY.test(postgresSays(error)?.sqlState ?? '')) return true
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  switch (error.name) {
    case 'PrismaClientInitializationError':
      return true
    case 'PrismaClientKnownRequestError':
      return PRISMA_AWAY.test(code) || driverSays(error)
    case 'FreshnessError':
      return 'retryable' in error && error.retryable === true
    default:
      return NETWORK.has(code) || CONNECTION_LOST.test(error.message)
  }
}

/** Whether a store did not answer, so that the same again can succeed; causes are looked at too. */
export function isStoreAway(error: unknown): boolean {
  return error instanceof Error && (saysSo(error) || isStoreAway(error.cause))
}
