/**
 * Checks the account of an open stream again and again, because a stream may last longer than the session or the role.
 */
import { SessionStoreUnavailableError } from '#lib/access/errors.ts'
import type { Permission } from '#lib/access/permissions.ts'
import { Bell, runPeriodically } from '#lib/platform/process/periodic.ts'
import { requirePermission } from './requirePermission.ts'

/** Milliseconds: a stream stays open for so long after its session ended or its token was revoked. */
const ASKED_AGAIN_EVERY_MS = 10_000

/**
 * @param end called once, when the caller may not watch any more; a database that does not answer ends nothing
 * @returns a function that ends the looking
 */
export function revalidateAccess(
  request: Request,
  permission: Permission,
  end: () => void,
  everyMs = ASKED_AGAIN_EVERY_MS,
): () => void {
  const headers = new Headers(request.headers)
  const stop = new AbortController()
  const { signal } = stop
  const look = async () => void (await requirePermission(headers, permission, 'stream'))
  function failed(error: unknown): void {
    if (signal.aborted || error instanceof SessionStoreUnavailableError) return
    stop.abort()
    end()
  }
  // The caller has just looked.
  void new Bell().pause(everyMs, signal).then(() => runPeriodically(look, { everyMs, signal, failed }))
  return () => stop.abort()
}
