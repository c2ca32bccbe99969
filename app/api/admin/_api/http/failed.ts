import { InvalidTokenError, isAccessError, TokenNameTakenError } from '#lib/access/errors.ts'
import { isFreshnessError } from '#lib/coherence/index.ts'
import { wireField } from '#lib/money/wire.ts'
import { logger } from '#lib/platform/logger.ts'
import { isStoreAway } from '#lib/platform/storeErrors.ts'
import {
  BulkEditNotFoundError,
  BulkEditRefusedError,
  BulkEditStateError,
  ScheduleNotFoundError,
} from '#lib/pricing/bulk/errors.ts'
import { CsvRefusedError } from '#lib/pricing/bulk/csv/errors.ts'
import {
  ConfirmationNeededError,
  PriceChangeRefusedError,
  PriceLimitError,
  PricesBusyError,
  PriceStoreUnavailableError,
} from '#lib/pricing/errors.ts'
import { SlugTakenError } from '#lib/pricing/renameProduct.ts'
import { InvalidRequestError, NotFoundError, UnreadableBodyError } from './errors.ts'

const RETRY_AFTER = { 'retry-after': '1' }

/** JSON that no cache may keep. */
function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } })
}

function failure(
  status: number,
  code: string,
  message: string,
  more: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Response {
  return json({ error: { code, message, ...more } }, status, headers)
}

/** With a result for each row that is at fault. */
function refused(
  status: number,
  error: PriceChangeRefusedError | PriceLimitError | ConfirmationNeededError,
  more: Record<string, unknown> = {},
): Response {
  const { code } = error
  const issues = error.issues.map((issue) => ({ ...issue, field: wireField(issue.field) }))
  const first = issues[0]
  const results = issues.flatMap(({ productId, message }) =>
    productId === undefined ? [] : [{ productId, status: 'refused', message }],
  )
  return json(
    {
      error: { code, message: first?.message ?? 'Nothing was changed.', field: first?.field, issues, ...more },
      results,
    },
    status,
  )
}

function invalid({ code, issues }: InvalidRequestError | BulkEditRefusedError): Response {
  const [first] = issues
  return failure(400, code, first?.message ?? 'The request is not valid.', { field: first?.field, issues })
}

/** The failure, as JSON with the status that says whose turn it is: the client's (4xx) or ours (5xx). */
export function failed(error: unknown): Response {
  if (error instanceof PriceChangeRefusedError) return refused(400, error)
  if (error instanceof ConfirmationNeededError) return refused(400, error, { confirmations: error.confirmations })
  if (error instanceof PriceLimitError) return refused(error.status, error)
  if (error instanceof InvalidTokenError)
    return failure(error.status, error.code, error.message, {}, { 'www-authenticate': 'Bearer error="invalid_token"' })
  if (isAccessError(error))
    return failure(error.status, error.code, error.message, {}, error.status === 503 ? RETRY_AFTER : {})
  if (error instanceof InvalidRequestError || error instanceof BulkEditRefusedError) return invalid(error)
  if (error instanceof BulkEditStateError) return failure(409, error.code, error.message, { state: error.state })
  if (error instanceof CsvRefusedError)
    return failure(error.code === 'csv_too_large' ? 413 : 400, error.code, error.message, {
      field: 'file',
      line: error.line,
    })
  if (
    error instanceof NotFoundError ||
    error instanceof BulkEditNotFoundError ||
    error instanceof ScheduleNotFoundError
  )
    return failure(404, error.code, error.message)
  if (error instanceof TokenNameTakenError) return failure(error.status, error.code, error.message, { field: 'name' })
  if (error instanceof SlugTakenError) return failure(409, error.code, error.message, { field: 'slug' })
  if (error instanceof UnreadableBodyError) return failure(error.status, error.code, error.message, { field: 'body' })
  if (error instanceof PricesBusyError || error instanceof PriceStoreUnavailableError) {
    logger('api').warn({ err: error }, 'an edit was not saved')
    return failure(503, error.code, error.message, {}, RETRY_AFTER)
  }
  if (isFreshnessError(error) && error.retryable) {
    logger('api').warn({ err: error }, 'a purge was not confirmed')
    return failure(503, 'not_confirmed', 'The caches did not confirm this. Try again.', {}, RETRY_AFTER)
  }
  if (isStoreAway(error)) {
    logger('api').warn({ err: error }, 'a store did not answer')
    return failure(503, 'store_unavailable', 'The database did not answer. Try again in a moment.', {}, RETRY_AFTER)
  }
  logger('api').error({ err: error }, 'an admin request failed')
  return failure(500, 'internal', 'Something went wrong on our side. It has been logged.')
}
