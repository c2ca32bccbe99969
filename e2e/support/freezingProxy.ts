/** Stands in front of a web instance and can freeze one of its pages: from then on it sends the answer that it has kept. */
import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http'

interface Kept {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface FreezingProxy {
  readonly url: string
  /** Keeps the page as it is now. */
  freeze(path: string): Promise<void>
  thaw(): void
  close(): Promise<void>
}

function ask(origin: string, path: string, headers: IncomingHttpHeaders): Promise<Kept> {
  return new Promise((resolve, reject) => {
    const { 'accept-encoding': _encoding, connection: _connection, ...rest } = headers
    httpRequest(`${origin}${path}`, { headers: rest }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 502, headers: response.headers, body: Buffer.concat(chunks) }),
      )
      response.on('error', reject)
    })
      .on('error', reject)
      .end()
  })
}

/** @param origin the web instance */
export async function freezingProxy(origin: string): Promise<FreezingProxy> {
  const frozen = new Map<string, Kept>()
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    void Promise.resolve(frozen.get(path) ?? ask(origin, path, request.headers)).then(
      ({ status, headers: { 'transfer-encoding': _encoding, connection: _connection, ...headers }, body }) =>
        response.writeHead(status, headers).end(body),
      () => response.writeHead(502).end(),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async freeze(path) {
      frozen.set(path, await ask(origin, path, { accept: 'text/html' }))
    },
    thaw: () => frozen.clear(),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
