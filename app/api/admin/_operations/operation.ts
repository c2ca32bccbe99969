/**
 * One operation of the admin API: what it asks for and what it takes. The handler checks by it and openapi.json is made
 * from it, so that the documentation cannot say something else than the code does.
 */
import { z } from 'zod'
import type { Permission } from '#lib/access/permissions.ts'

/** What one status means. Without a schema there is no JSON in it. */
export interface Answer {
  readonly description: string
  readonly schema?: z.ZodType
  readonly contentType?: string
  /** Headers that mean something, each with what it says. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface Operation<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** As OpenAPI writes it: `/api/admin/tokens/{id}`. */
  readonly path: string
  /** For clients that are generated: unique, a verb and a noun. */
  readonly id: string
  readonly tag: 'prices' | 'products' | 'bulk edits' | 'schedules' | 'csv' | 'tokens' | 'freshness' | 'audit'
  readonly summary: string
  readonly permission: Permission
  readonly params: P
  /** Values are texts; a field whose JSON type is array takes the parameter several times. */
  readonly query: Q
  readonly body: B
  /** A body that is not JSON, and is read as a stream. */
  readonly upload?: string
  readonly maxBodyBytes?: number
  /** A request without a content type is one with an empty object. */
  readonly bodyOptional?: boolean
  /** A body as a client would send it. */
  readonly example?: z.input<B> | string
  /** The statuses of success; those of failure are the same for all. */
  readonly answers: Readonly<Record<number, Answer>>
}

const nothing = z.strictObject({})
const absentBody = z.undefined()

/** Spread first: an operation names only what it takes. */
export const takesNothing = { params: nothing, query: nothing, body: absentBody } as const

/** Of an answer that made something. */
export const LOCATION = { Location: 'Where it can be read' } as const

export const byId = z.strictObject({ id: z.uuid('An id is a UUID.') })

export function operation<P extends z.ZodType, Q extends z.ZodObject, B extends z.ZodType>(
  given: Operation<P, Q, B>,
): Operation<P, Q, B> {
  return given
}

export function takesBody({ body }: Operation): boolean {
  return !(body instanceof z.ZodUndefined)
}

/** The parameters that may come several times. */
export function listParameters({ query }: Operation): ReadonlySet<string> {
  const { properties = {} } = z.toJSONSchema(query, { io: 'input' })
  return new Set(
    Object.keys(properties).filter((name) => {
      const property = properties[name]
      return typeof property === 'object' && property.type === 'array'
    }),
  )
}

export const FOR_SPREADSHEETS = {
  description: 'begins with a byte order mark, for spreadsheets that take a file without it for another encoding',
} as const

// ---- the parts of queries, which arrive as texts ----

export const wholeNumber = (what: string, min = 1, max = 2_147_483_647) =>
  z.coerce
    .number(`${what} is a whole number.`)
    .int(`${what} is a whole number.`)
    .min(min, `${what} is at least ${min}.`)
    .max(max, `${what} is at most ${max}.`)

export const yesOrNo = z.enum(['true', 'false'], 'Write true or false.').transform((text) => text === 'true')
