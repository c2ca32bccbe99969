import { json } from '../_http/respond.ts'
import { openApiDocument } from '../_operations/document.ts'
import { OPERATIONS } from '../_operations/index.ts'

/** What the admin API takes and answers. It says nothing that the source does not say: no session is asked for. */
export function GET(): Response {
  return json(openApiDocument(OPERATIONS))
}
