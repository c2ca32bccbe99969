/** A control interface that answers every call in one wrong way. */
import { once } from 'node:events'
import { createServer } from 'node:http'

export interface BrokenControl {
  readonly url: string
  readonly calls: () => number
  stop(): Promise<void>
}

/** @param answer undefined: never answers */
export async function brokenControl(
  answer: { status: number; body: string; headers?: Readonly<Record<string, string>> } | undefined,
): Promise<BrokenControl> {
  let calls = 0
  const server = createServer((_request, response) => {
    calls++
    if (answer) response.writeHead(answer.status, answer.headers).end(answer.body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls: () => calls,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
