/** The admin API, from the browser of a user with a session. */
import { type ClientResponse, DetailedError, hc, parseResponse } from 'hono/client'
import type { AdminApi } from '../../api/admin/_api/app.ts'

/** The compiler compares what is sent and what is read with the endpoints. */
export const adminApi = hc<AdminApi>('/api/admin')

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

function refusalOf({ statusCode: status, detail }: DetailedError): Refusal {
  if (status === 401)
    return { status, message: 'Your session has ended: sign in again in another tab, then repeat this.', issues: [] }
  const body: ErrorBody | undefined = detail?.data
  return {
    status,
    message: body?.error?.message ?? 'Something went wrong on our side. Try again in a moment.',
    issues: body?.error?.issues ?? [],
  }
}

/**
 * The answer, as a value or a refusal.
 * @throws {DOMException} when what was asked was given up
 * @example await ask(adminApi.tokens.$get())
 */
export async function ask<R extends ClientResponse<unknown>>(asked: Promise<R>) {
  return answered(parseResponse(asked))
}

async function answered<T>(asked: Promise<T>): Promise<Answered<T>> {
  try {
    return { ok: true, value: await asked }
  } catch (error) {
    if (error instanceof DetailedError) return { ok: false, refusal: refusalOf(error) }
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    return { ok: false, refusal: UNREACHABLE }
  }
}

/** @throws {Error} with the message for the user: for the lists that show it themselves */
export async function valueOf<T>(answer: Promise<Answered<T>>): Promise<T> {
  const given = await answer
  if (!given.ok) throw new Error(given.refusal.message)
  return given.value
}
