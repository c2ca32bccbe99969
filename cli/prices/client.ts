/** Speaks to the API of the shop with a token. Paths and methods are those of the operations that the routes check by. */
import { z } from 'zod'
import type { Operation } from '../../app/api/admin/_operations/operation.ts'
import { RefusedError } from './errors.ts'

/** Milliseconds. A preview of 100,000 prices takes some seconds on a slow machine. */
const ANSWER_WITHIN_MS = 180_000

export interface Access {
  /** Without a slash at its end. */
  readonly url: string
  readonly token: string
}

export interface Sent {
  readonly id?: string
  /** A list is sent as a parameter that comes several times. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
  /** A file, instead of a body that is JSON. */
  readonly file?: Blob | string
  readonly signal?: AbortSignal
}

const failure = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    issues: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
  }),
})

const WHAT_HELPS: Readonly<Record<number, string>> = {
  401: ' Make a token under /admin/tokens and put it into EVERGREEN_TOKEN.',
  403: ' Ask an administrator for a token of another role.',
}

async function refusal(response: Response): Promise<RefusedError> {
  const body = failure.safeParse(await response.json().catch(() => undefined)).data
  if (!body)
    return new RefusedError(
      `The shop answered ${response.status} to ${new URL(response.url).pathname}. Is it Evergreen?`,
    )
  const { code, message, issues } = body.error
  return new RefusedError(`${message}${WHAT_HELPS[response.status] ?? ''}`, code, issues)
}

export class Client {
  readonly #access: Access

  constructor(access: Access) {
    this.#access = access
  }

  /**
   * @param also statuses that are an answer although they say that something is wrong
   * @throws {RefusedError} with what the shop says, or that it cannot be reached
   */
  async send(
    operation: Operation,
    { id = '', query = {}, body, file, signal }: Sent = {},
    also: readonly number[] = [],
  ): Promise<Response> {
    const address = new URL(this.#access.url + operation.path.replace('{id}', encodeURIComponent(id)))
    for (const [name, value] of Object.entries(query))
      for (const one of [value].flat()) address.searchParams.append(name, one)
    const type = file !== undefined ? 'text/csv' : body !== undefined ? 'application/json' : undefined
    const response = await fetch(address, {
      method: operation.method,
      headers: { authorization: `Bearer ${this.#access.token}`, ...(type && { 'content-type': type }) },
      body: file ?? (body === undefined ? null : JSON.stringify(body)),
      redirect: 'error', // a token goes to the address that was given, and nowhere else
      signal: signal ?? AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).catch((error: unknown) => {
      const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
      throw new RefusedError(
        `${this.#access.url} does not answer (${why}). Does the shop run? Say where with EVERGREEN_URL.`,
      )
    })
    if (!response.ok && !also.includes(response.status)) throw await refusal(response)
    return response
  }

  /** The answer as the schema has it. */
  async ask<T>(operation: Operation, schema: z.ZodType<T>, sent: Sent = {}, also: readonly number[] = []): Promise<T> {
    const answer = schema.safeParse(await (await this.send(operation, sent, also)).json())
    if (!answer.success)
      throw new RefusedError(
        `The shop answers ${operation.path} in another way than this version expects: ${z.prettifyError(answer.error)}`,
      )
    return answer.data
  }
}
