import { isAccessError, SignedOutError } from '#lib/access/errors.ts'
import { logger } from '#lib/platform/logger.ts'
import { PricesBusyError, PriceStoreUnavailableError } from '#lib/pricing/errors.ts'

/** The sentence of a form whose action threw. @param what was not done, for the log */
export function explainFailure(error: unknown, what: string): { readonly kind: 'failed'; readonly message: string } {
  if (error instanceof SignedOutError)
    return { kind: 'failed', message: 'Your session has ended: sign in again. Nothing was changed.' }
  if (isAccessError(error) || error instanceof PricesBusyError || error instanceof PriceStoreUnavailableError)
    return { kind: 'failed', message: error.message }
  logger('admin').error({ err: error }, what)
  return {
    kind: 'failed',
    message: 'Something went wrong on our side. Load the page again to see whether the change was saved.',
  }
}
