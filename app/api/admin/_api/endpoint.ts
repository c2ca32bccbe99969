/**
 * One endpoint of the admin API: what it asks for, what it takes, what it answers. The routes check by it, openapi.json and the types
 * of the client are made from it.
 */
import { OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import type { Permission } from '#lib/access/permissions.ts'
import { type ApiEnv, authorize, logFiles, readBody, refuseTexts } from './guards.ts'
import { InvalidRequestError } from './http/errors.ts'
import { issuesOf } from '#lib/pricing/changeRequest.ts'

type Given = Omit<RouteConfig, 'middleware' | 'description' | 'tags' | 'security'> & {
  /** For clients that are generated: unique, a verb and a noun. */
  readonly operationId: string
  readonly tag: (typeof TAGS)[number]
  readonly summary: string
  readonly permission: Permission
  /** Of JSON. */
  readonly maxBodyBytes?: number
}

export const TAGS = ['prices', 'products', 'csv', 'bulk edits', 'schedules', 'tokens', 'freshness', 'audit'] as const
const DEFAULT_BODY_BYTES = 256 * 1024

const failure = z
  .object({
    error: z.object({
      code: z.string().meta({ description: 'stable: programs decide by it' }),
      message: z.string().meta({ description: 'for people' }),
      field: z
        .string()
        .optional()
        .meta({ description: 'the first field that is wrong, as a path: changes[0].amountCents' }),
      issues: z
        .array(z.object({ field: z.string(), message: z.string() }))
        .optional()
        .meta({ description: 'every field that is wrong' }),
    }),
  })
  .openapi('Error')

/** Of an answer that made something. */
export const LOCATION = {
  Location: { description: 'Where it can be read', schema: { type: 'string' } },
} as const

export const answer = <T extends z.ZodType>(description: string, schema: T, headers?: typeof LOCATION) => ({
  description,
  content: { 'application/json': { schema } },
  ...(headers && { headers }),
})

/** Nothing was changed. */
export const refusal = (description: string) => answer(description, failure)

export const file = (description: string) => ({
  description,
  content: { 'text/csv': { schema: { type: 'string' } as const } },
})

export const eventsOf = (description: string) => ({
  description,
  content: { 'text/event-stream': { schema: { type: 'string' } as const } },
})

/** @param example as a client would send it */
export const json = <T extends z.ZodType>(schema: T, example?: z.input<T>) => ({
  required: true,
  content: { 'application/json': { schema, ...(example !== undefined && { example }) } },
})

/** A request without a content type is one with an empty object. */
export const optionalJson = <T extends z.ZodType>(schema: T, example: z.input<T>) => ({
  ...json(schema, example),
  required: false,
})

/** A body that is no JSON, and is read as a stream. */
export const upload = (example: string) => ({
  required: true,
  content: { 'text/csv': { schema: { type: 'string' } as const, example } },
})

/** 100,000 cells edited by hand. */
export const DRAFT_BYTES = 16 * 1024 * 1024

export const byId = z.strictObject({ id: z.uuid('An id is a UUID.') })

export const WRONG_STATE = { 409: refusal('The edit is not in the state for this; nothing was changed') }

export const FOR_SPREADSHEETS = {
  description: 'begins with a byte order mark, for spreadsheets that take a file without it for another encoding',
} as const

const FAILURES = {
  400: refusal('A field is wrong; nothing was changed'),
  401: refusal('Neither a session nor a usable token'),
  403: refusal(
    'The role does not include the permission, or a page of another site sent the request; nothing was changed',
  ),
  404: refusal('There is nothing under this id'),
  503: refusal('A store did not answer; nothing was acknowledged. Try again in a moment'),
}

/** Either of the two; scopes are permissions. */
export const securityFor = (...scopes: Permission[]): Record<string, string[]>[] => [
  { token: scopes },
  { session: scopes },
]

/** Its permission is asked for before anything is read. */
export function endpoint<P extends string, R extends Given & { path: P }>(given: R) {
  const { tag, permission, maxBodyBytes = DEFAULT_BODY_BYTES, ...route } = given
  const { 404: notFound, ...failures } = FAILURES
  return {
    ...route,
    tags: [tag],
    description: `Asks for the permission \`${permission}\`.`,
    security: securityFor(permission),
    middleware: [authorize(permission), refuseTexts(given), readBody(given, maxBodyBytes), logFiles(given)],
    responses: { ...failures, ...(route.path.includes('{') && { 404: notFound }), ...route.responses },
  }
}

/** Endpoints of one kind. */
export const api = () =>
  new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new InvalidRequestError(issuesOf(result.error))
    },
  })
