/** Reads an error of a store by its name: Next bundles copies of classes. */

/** P1xxx: cannot connect. P2024, P2028: no connection or no transaction in time. */
const PRISMA_AWAY = /^P1\d{3}$|^P2024$|^P2028$/
/** The driver's code of a failed raw statement, for which Prisma has one code for all. */
const DRIVER_AWAY = /^(?:DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections)$/
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN'])

/** The error of the driver in that of a raw statement. */
function driverSays(error: Error): boolean {
  const meta: unknown = 'meta' in error ? error.meta : undefined
  if (typeof meta !== 'object' || meta === null || !('driverAdapterError' in meta)) return false
  const { driverAdapterError: driver } = meta
  return driver instanceof Error && DRIVER_AWAY.test(driver.message)
}

function saysSo(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  switch (error.name) {
    case 'PrismaClientInitializationError':
      return true
    case 'PrismaClientKnownRequestError':
      return PRISMA_AWAY.test(code) || driverSays(error)
    case 'FreshnessError':
      return 'retryable' in error && error.retryable === true
    default:
      return NETWORK.has(code)
  }
}

/** Whether a store did not answer, so that the same again can succeed; causes are looked at too. */
export function isStoreAway(error: unknown): boolean {
  return error instanceof Error && (saysSo(error) || isStoreAway(error.cause))
}
