/** The admin API, from the browser of a user with a session. */

export interface Refusal {
  readonly message: string
  readonly issues: readonly { readonly field: string; readonly message: string }[]
  readonly status: number
}

/** @typeParam T what the operation answers with */
export type Answered<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal }

interface ErrorBody {
  readonly error?: { readonly message?: string; readonly issues?: Refusal['issues'] }
}

const UNREACHABLE: Refusal = {
  status: 0,
  message: 'The server could not be reached. Nothing is lost: try again.',
  issues: [],
}

function refusalOf(status: number, { error }: ErrorBody): Refusal {
  if (status === 401)
    return { status, message: 'Your session has ended: sign in again in another tab, then repeat this.', issues: [] }
  return {
    status,
    message: error?.message ?? 'Something went wrong on our side. Try again in a moment.',
    issues: error?.issues ?? [],
  }
}

/**
 * @param path below /api/admin, such as `bulk-edits/ID/approve`
 * @param body sent as JSON
 */
export async function callApi<T>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
  signal?: AbortSignal,
): Promise<Answered<T>> {
  const init: RequestInit = {
    method,
    ...(signal && { signal }),
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }
  try {
    const response = await fetch(`/api/admin/${path}`, init)
    if (!response.ok) return { ok: false, refusal: refusalOf(response.status, await response.json().catch(() => ({}))) }
    const value: T = await response.json()
    return { ok: true, value }
  } catch (error) {
    if (signal?.aborted) throw error
    return { ok: false, refusal: UNREACHABLE }
  }
}

/** @throws {Error} with the message for the user: for the lists that show it themselves */
export async function valueOf<T>(answer: Promise<Answered<T>>): Promise<T> {
  const answered = await answer
  if (!answered.ok) throw new Error(answered.refusal.message)
  return answered.value
}
