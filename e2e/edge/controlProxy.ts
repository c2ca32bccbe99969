/** Stands between the shop and the edge's control endpoint, and answers in its place as a broken one does. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

export type Fault = 'refuses' | 'hangs' | 'answers 200 and does nothing' | 'is rate limited'

export interface ControlProxy {
  readonly url: string
  /** @param only the calls that it concerns, by the end of their path; all by default */
  break(fault: Fault, only?: 'purge'): void
  heal(): void
  /** Calls that got a wrong answer. */
  readonly broken: () => number
  stop(): Promise<void>
}

const ANSWERS: Readonly<
  Record<Exclude<Fault, 'hangs'>, { status: number; body: string; headers?: Record<string, string> }>
> = {
  refuses: { status: 403, body: '{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}' },
  'answers 200 and does nothing': { status: 200, body: '{"success":true}' },
  'is rate limited': {
    status: 429,
    body: '{"success":false,"errors":[{"code":10429,"message":"Rate limited"}]}',
    headers: { 'retry-after': '1' },
  },
}

export async function startControlProxy(edgeUrl: string): Promise<ControlProxy> {
  let fault: Fault | undefined
  let only = ''
  let broken = 0

  const forward = async (request: IncomingMessage) => {
    const { 'x-edge-signature': signature = '' } = request.headers
    return fetch(`${edgeUrl}${request.url}`, {
      method: 'POST',
      body: await text(request),
      headers: { 'x-edge-signature': String(signature) },
    })
  }
  const server = createServer((request, response) => {
    if (fault !== undefined && request.url?.endsWith(only)) {
      broken++
      if (fault === 'hangs') return
      const { status, body, headers } = ANSWERS[fault]
      response.writeHead(status, headers).end(body)
      return
    }
    forward(request).then(
      async (answer) => response.writeHead(answer.status).end(await answer.text()),
      () => response.destroy(),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')

  return {
    url: `http://127.0.0.1:${address.port}`,
    break(which, concerning) {
      fault = which
      only = concerning ?? ''
      broken = 0
    },
    heal() {
      fault = undefined
      server.closeAllConnections() // what hangs, ends
    },
    broken: () => broken,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
