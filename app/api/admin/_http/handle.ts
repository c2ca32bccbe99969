import { connection } from 'next/server'
import type { z } from 'zod'
import { logExport } from '#lib/audit/logExport.ts'
import { type Principal, requirePermission } from '#lib/auth/requirePermission.ts'
import { unstorableText } from '#lib/platform/http/storableText.ts'
import { issuesOf } from '#lib/pricing/changeRequest.ts'
import { listParameters, type Operation, takesBody } from '../_operations/operation.ts'
import { InvalidRequestError } from './errors.ts'
import { readJson } from './readJson.ts'
import { failed } from './respond.ts'

const DEFAULT_BODY_BYTES = 256 * 1024

/** What the operation asked for, checked. */
export interface Input<P extends z.ZodType, Q extends z.ZodObject, B extends z.ZodType> {
  readonly request: Request
  readonly principal: Principal
  readonly params: z.output<P>
  readonly query: z.output<Q>
  readonly body: z.output<B>
}

interface Context {
  /** Next gives none to a route without parameters. */
  readonly params: Promise<Record<string, string | string[] | undefined> | undefined>
}

function checked<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value)
  if (!result.success) throw new InvalidRequestError(issuesOf(result.error))
  return result.data
}

/** Of texts in an address, which `readJson` has not seen. */
function checkedTexts<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const unstorable = unstorableText(value)
  if (unstorable) throw new InvalidRequestError([unstorable])
  return checked(schema, value)
}

function readQuery(request: Request, lists: ReadonlySet<string>): Record<string, string | string[]> {
  const { searchParams } = new URL(request.url)
  const names = [...new Set(searchParams.keys())]
  return Object.fromEntries(
    names.map((name) => {
      const values = searchParams.getAll(name)
      const [only] = values
      return [name, !lists.has(name) && values.length === 1 && only !== undefined ? only : values]
    }),
  )
}

async function readBody(request: Request, operation: Operation): Promise<unknown> {
  if (!takesBody(operation)) return undefined
  if (operation.bodyOptional && !request.headers.has('content-type')) return {}
  return readJson(request, operation.maxBodyBytes ?? DEFAULT_BODY_BYTES)
}

/** A file of the shop's data. What answers an upload is what was sent. */
function isExport(operation: Operation, response: Response): boolean {
  return operation.upload === undefined && response.headers.get('content-type')?.startsWith('text/csv') === true
}

/**
 * The route of an operation: asks for its permission before anything is read, checks what was sent, and turns what is
 * thrown into JSON that names the field.
 * @example export const GET = handle(listTokens, async ({ principal }) => json(await listApiTokens(principal)))
 */
export function handle<P extends z.ZodType, Q extends z.ZodObject, B extends z.ZodType>(
  operation: Operation<P, Q, B>,
  run: (input: Input<P, Q, B>) => Promise<Response>,
): (request: Request, context: Context) => Promise<Response> {
  const lists = listParameters(operation)
  return async (request, context) => {
    await connection() // never at build time
    try {
      const principal = await requirePermission(request, operation.permission)
      const params = checkedTexts(operation.params, (await context.params) ?? {})
      const query = checkedTexts(operation.query, readQuery(request, lists))
      const sent = await readBody(request, operation)
      const body = checked(operation.body, sent)
      const response = await run({ request, principal, params, query, body })
      if (isExport(operation, response)) await logExport(principal, operation.id, { params, query, body })
      return response
    } catch (error) {
      return failed(error)
    }
  }
}
