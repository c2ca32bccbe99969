/** Speaks to the API of the shop with a token. The compiler compares what is sent with the endpoints. */
import { hc } from 'hono/client'
import { z } from 'zod'
import type { AdminApi } from '../../app/api/admin/_api/app.ts'
import { RefusedError } from './errors.ts'

/** Milliseconds. A preview of 100,000 prices takes some seconds on a slow machine. */
const ANSWER_WITHIN_MS = 180_000

export interface Access {
  /** Without a slash at its end. */
  readonly url: string
  readonly token: string
}

/** A request of the client's `api`. */
export interface Answer {
  readonly ok: boolean
  readonly status: number
  readonly url: string
  readonly body: ReadableStream<Uint8Array> | null
  json(): Promise<unknown>
}

/** As `param` of an endpoint: what a person typed is one part of the address. */
export const byId = (id: string) => ({ param: { id: encodeURIComponent(id) } })

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

async function refusal(response: Answer): Promise<RefusedError> {
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
  readonly api

  constructor(access: Access) {
    this.#access = access
    this.api = hc<AdminApi>(`${access.url}/api/admin`, {
      fetch: (input: URL | RequestInfo, init?: RequestInit) => this.#fetch(input, init),
    })
  }

  async #fetch(input: URL | RequestInfo, init?: RequestInit): Promise<Response> {
    const headers = new Headers(init?.headers)
    headers.set('authorization', `Bearer ${this.#access.token}`)
    return fetch(input, {
      ...init,
      headers,
      redirect: 'error', // a token goes to the address that was given, and nowhere else
      signal: init?.signal ?? AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).catch((error: unknown) => {
      const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
      throw new RefusedError(
        `${this.#access.url} does not answer (${why}). Does the shop run? Say where with EVERGREEN_URL.`,
      )
    })
  }

  /** Sends a file. @param query what a person said of it, for the shop to check; a list is a parameter that comes several times */
  sendFile(address: URL, query: Readonly<Record<string, string | readonly string[]>>, file: Blob): Promise<Response> {
    for (const [name, value] of Object.entries(query))
      for (const one of [value].flat()) address.searchParams.append(name, one)
    return this.#fetch(address, { method: 'POST', headers: { 'content-type': 'text/csv' }, body: file })
  }

  /**
   * @param also statuses that are an answer although they say that something is wrong
   * @throws {RefusedError} with what the shop says, or that it cannot be reached
   */
  async send<A extends Answer>(asked: Promise<A>, also: readonly number[] = []): Promise<A> {
    const response = await asked
    if (!response.ok && !also.includes(response.status)) throw await refusal(response)
    return response
  }

  /** The answer as the schema has it: the shop may be of another version. */
  async ask<T>(schema: z.ZodType<T>, asked: Promise<Answer>, also: readonly number[] = []): Promise<T> {
    const response = await this.send(asked, also)
    const answer = schema.safeParse(await response.json())
    if (!answer.success)
      throw new RefusedError(
        `The shop answers ${new URL(response.url).pathname} in another way than this version expects: ${z.prettifyError(answer.error)}`,
      )
    return answer.data
  }
}
