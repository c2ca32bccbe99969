/**
 * Refuses forms that name a function which is no server action of their page. A browser without JavaScript sends the
 * name of the action in a field. Next would run any function of the build that is named there, also a cached one, with
 * arguments from the form.
 */
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'

const MULTIPART = /^multipart\/form-data/i
const ID = '$ACTION_ID_'
const REFERENCE = '$ACTION_REF_'
const descriptor = z.strictObject({ id: z.string(), bound: z.union([z.string(), z.null()]) })

/** @returns whether it may name an action in its body. One that does so in a header is none */
export function isActionForm({ method, headers }: IncomingMessage): boolean {
  return method === 'POST' && headers['next-action'] === undefined && MULTIPART.test(headers['content-type'] ?? '')
}

/** The action that React would run for a field; undefined for what no page of ours writes. */
function idOf(name: string, form: FormData): string | undefined {
  if (name.startsWith(ID)) return name.slice(ID.length)
  const text = form.get(`$ACTION_${name.slice(REFERENCE.length)}:0`)
  if (typeof text !== 'string') return undefined
  try {
    const read = descriptor.parse(JSON.parse(text))
    // A name that is there twice, or escaped, means one thing to a check and another one to React. `$1` is another field.
    return JSON.stringify(read) === text && !read.id.startsWith('$') ? read.id : undefined
  } catch {
    return undefined
  }
}

/** @returns the ids of the actions that the form names, undefined for one that no page of ours has */
export async function actionsOfForm(
  { headers }: IncomingMessage,
  body: Buffer,
): Promise<readonly (string | undefined)[]> {
  try {
    const type = { 'content-type': headers['content-type'] ?? '' }
    const form = await new Response(new Uint8Array(body), { headers: type }).formData()
    return [...form.keys()]
      .filter((name) => name.startsWith(ID) || name.startsWith(REFERENCE))
      .map((name) => idOf(name, form))
  } catch {
    return [undefined]
  }
}
