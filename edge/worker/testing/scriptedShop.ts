/** A shop that answers as a test says, behind the Worker on workerd. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { LocalEdge } from '#lib/cdn/adapters/local.ts'
import { startWorker } from '../../local/startWorker.ts'

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** @returns undefined to break the connection off */
type Script = (request: IncomingMessage, question: number) => Answer | undefined | Promise<Answer | undefined>

export const SECRET = 'the secret of the test, 32 characters long'

/** A page as the shop sends it. @param cacheTag its versioned tags */
export function page(cacheTag: string, body = `<html>${cacheTag}</html>`): Answer {
  return {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache, must-revalidate',
      'cache-tag': cacheTag,
      etag: `"${cacheTag}"`,
    },
    body,
  }
}

export interface WorkerFixture {
  readonly url: string
  readonly edge: LocalEdge
  script: Script
  /** The requests of the Worker so far. */
  readonly questions: IncomingMessage[]
  get(path: string, init?: RequestInit): Promise<{ status: number; cache: string; headers: Headers; body: string }>
  stop(): Promise<void>
}

/** @param confirmed false: no process has confirmed to the Worker that its index is complete */
export async function workerFixture({
  confirmed = true,
  ...options
}: { trustMs?: number; listTtlS?: number; confirmed?: boolean } = {}): Promise<WorkerFixture> {
  const questions: IncomingMessage[] = []
  const fixture: { script: Script } = { script: () => page('catalog@1') }
  const server = createServer((request, response) => {
    questions.push(request)
    void Promise.resolve(fixture.script(request, questions.length)).then((answer) => {
      if (!answer) return void request.socket.destroy()
      response
        .writeHead(answer.status ?? 200, answer.headers)
        .end(request.method === 'HEAD' ? undefined : (answer.body ?? ''))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const worker = await startWorker({
    port: 0,
    origin: `http://127.0.0.1:${address.port}`,
    publicUrl: 'https://shop.example',
    secret: SECRET,
    trustMs: 600_000,
    ...options,
  })
  const edge = new LocalEdge({ url: worker.url, secret: SECRET })
  // It is trusted from the confirmation after the one that began its index.
  for (let i = 0; i < (confirmed ? 2 : 0); i++) await edge.publish([], 0)
  return Object.assign(fixture, {
    url: worker.url,
    edge,
    questions,
    async get(path: string, init: RequestInit = {}) {
      const response = await fetch(worker.url + path, { redirect: 'manual', ...init })
      return {
        status: response.status,
        cache: response.headers.get('x-cache') ?? 'none',
        headers: response.headers,
        body: await response.text(),
      }
    },
    async stop() {
      await worker.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
