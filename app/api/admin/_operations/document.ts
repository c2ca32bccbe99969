/** The OpenAPI document, made from the operations that the routes check by. */
import { z } from 'zod'
import { type Answer, listParameters, type Operation, takesBody } from './operation.ts'

type Json = { readonly [key: string]: unknown }

const error = z.object({
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

const FAILURES: readonly [status: string, description: string][] = [
  ['400', 'A field is wrong; nothing was changed'],
  ['401', 'Neither a session nor a usable token'],
  ['403', 'The role does not include the permission, or a page of another site sent the request; nothing was changed'],
  ['503', 'A store did not answer; nothing was acknowledged. Try again in a moment'],
]

const FAILURE = { content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } }

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12' })
  return rest
}

/** A schema of an object as parameters. */
function parameters(schema: z.ZodType, place: 'path' | 'query', lists: ReadonlySet<string> = new Set()): Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' })
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
    ...(lists.has(name) && { style: 'form', explode: true }),
  }))
}

function contentOf({ schema, contentType = 'application/json' }: Answer): Json {
  if (schema) return { content: { [contentType]: { schema: jsonSchema(schema, 'output') } } }
  return contentType === 'application/json' ? {} : { content: { [contentType]: { schema: { type: 'string' } } } }
}

function answerOf(status: string, answer: Answer): Json {
  const { description, headers = {} } = answer
  const named = Object.entries(headers).map(([name, says]) => [name, { description: says, schema: { type: 'string' } }])
  const failure = Number(status) >= 400 && !answer.schema ? FAILURE : {}
  return {
    description,
    ...(named.length > 0 && { headers: Object.fromEntries(named) }),
    ...contentOf(answer),
    ...failure,
  }
}

function requestBody(operation: Operation): Json {
  const { example, upload, body } = operation
  const examples = example === undefined ? {} : { example }
  if (upload !== undefined)
    return { requestBody: { required: true, content: { [upload]: { schema: { type: 'string' }, ...examples } } } }
  if (!takesBody(operation)) return {}
  return {
    requestBody: {
      required: true,
      content: { 'application/json': { schema: jsonSchema(body, 'input'), ...examples } },
    },
  }
}

function described(operation: Operation): Json {
  const { id, tag, summary, permission, params, query, answers } = operation
  const failures = FAILURES.filter(([status]) => !(status in answers)).map(([status, description]) => [
    status,
    { description, ...FAILURE },
  ])
  const notFound = operation.path.includes('{')
    ? { 404: { description: 'There is nothing under this id', ...FAILURE } }
    : {}
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: `Asks for the permission \`${permission}\`.`,
    parameters: [...parameters(params, 'path'), ...parameters(query, 'query', listParameters(operation))],
    ...requestBody(operation),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerOf(status, answer)])),
      ...notFound,
      ...Object.fromEntries(failures),
    },
  }
}

export function openApiDocument(operations: readonly Operation[]): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method.toLowerCase()]: described(operation) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Evergreen admin API',
      version: '1',
      description:
        'Prices, and the edits, imports and schedules that change them. An edit that is answered with "live" is seen by every read that starts after the answer.',
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, { session: [] }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Error: jsonSchema(error, 'output') },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API token, made by an administrator under /admin/tokens.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'evergreen.session_token',
          description: 'The session of a user who signed in.',
        },
      },
    },
  }
}
