/** Passes requests of a browser to the board of the queues, which the worker serves. */
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { isAccessError, SecondFactorDueError, SignedOutError } from '#lib/access/errors.ts'
import { requirePermission } from '#lib/auth/requirePermission.ts'
import { env } from '#lib/platform/env.ts'
import { headersOf } from '#lib/platform/http/headersOf.ts'
import { BOARD_PATH } from '#lib/queue/boardActions.ts'

const TIMEOUT_MS = 10_000

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(text)
}

/** @returns the page on which a person does what was missing */
function wayOut(error: unknown): string | undefined {
  if (error instanceof SignedOutError) return `/admin/sign-in?${new URLSearchParams({ next: BOARD_PATH })}`
  return error instanceof SecondFactorDueError ? '/admin/account' : undefined
}

/** @returns whether the session may; if not, the request is answered */
async function authorize(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  try {
    await requirePermission(
      new Request(`${env().PUBLIC_URL}${BOARD_PATH}`, {
        method: request.method ?? 'GET',
        headers: headersOf(request.headers),
      }),
      'queues:manage',
    )
    return true
  } catch (error) {
    if (!isAccessError(error)) throw error
    const location = wayOut(error)
    if (location !== undefined && request.method === 'GET' && request.headers.accept?.includes('text/html'))
      response.writeHead(303, { location, 'cache-control': 'no-store' }).end()
    else say(response, error.status, error.message)
    return false
  }
}

/** @returns whether the request was one of these */
export async function queueBoardProxy(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  if (request.url !== BOARD_PATH && !request.url?.startsWith(`${BOARD_PATH}/`)) return false
  if (!(await authorize(request, response))) return true
  const { connection: _connection, ...headers } = request.headers
  const worker = env().WORKER_URL ?? `http://127.0.0.1:${env().WORKER_PORT}`
  const asked = httpRequest(new URL(request.url, worker), {
    method: request.method,
    headers,
    timeout: TIMEOUT_MS,
  })
  asked.on('timeout', () => asked.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)))
  asked.on('error', () => {
    if (response.headersSent) response.destroy()
    else say(response, 503, 'The worker, which serves the queues, does not answer. It may be starting again.')
  })
  asked.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  request.pipe(asked)
  return true
}
