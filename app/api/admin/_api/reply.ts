import type { Context, TypedResponse } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ImportQuestion } from '#lib/pricing/bulk/csv/questions.ts'

/** As JSON spells it. */
export type JsonOf<T> = T extends Date
  ? string
  : T extends readonly (infer One)[]
    ? JsonOf<One>[]
    : T extends object
      ? { [K in keyof T]: JsonOf<T[K]> }
      : T

/** JSON that no cache may keep; the compiler compares it with the schema of the endpoint. */
export function reply<T extends object, S extends ContentfulStatusCode>(
  c: Context,
  body: T,
  status: S,
  headers?: Record<string, string>,
): Response & TypedResponse<JsonOf<T>, S, 'json'>
export function reply(c: Context, body: object, status: ContentfulStatusCode, headers?: Record<string, string>) {
  return c.json(body, status, { 'cache-control': 'no-store', ...headers })
}

/** The questions that a file leaves open. Nothing was stored: the same file with an answer to each is taken. */
export function asking(questions: readonly ImportQuestion[]) {
  const message = questions.map((question) => question.message).join(' ')
  return { error: { code: 'import_questions' as const, message, questions } }
}
