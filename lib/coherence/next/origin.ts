/** Next as the fast path asks it: over a socket of this process, as a CDN asks its origin. */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { RenderMode } from '../render/ownRender.ts'

/** The socket on which Next, and only Next, answers, and the host that it is asked for. */
export interface Origin {
  readonly socketPath: string
  readonly host: string
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Milliseconds: a render that takes longer is given up, with a 503. */
const RENDER_TIMEOUT_MS = 30_000
/** Says how a page is to be rendered. */
const RENDER_MODE_HEADER = 'x-evergreen-render'

/** Makes Next render a page. Its answer says how that went; the page is in the page cache then. */
export function askOrigin({ socketPath, host }: Origin, pathname: string, mode: RenderMode): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      socketPath,
      path: pathname,
      headers: { host, accept: 'text/html', [RENDER_MODE_HEADER]: mode },
      timeout: RENDER_TIMEOUT_MS,
    })
    request.on('timeout', () => request.destroy(new Error(`no render of ${pathname} within ${RENDER_TIMEOUT_MS} ms`)))
    request.on('error', reject)
    request.on('response', (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 500, headers: incoming.headers, body: Buffer.concat(chunks) }),
      )
    })
    request.end()
  })
}

/** Reads from a request on the socket how the page is to be rendered; Next does not see it. */
export function takeRenderMode({ headers }: IncomingMessage): RenderMode {
  const mode = headers[RENDER_MODE_HEADER] === 'template' ? 'template' : 'values'
  delete headers[RENDER_MODE_HEADER]
  return mode
}
