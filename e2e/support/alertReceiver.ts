/** A webhook like that of a chat program: takes alerts over HTTP, after it has refused some. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { z } from 'zod'

const message = z.object({ text: z.string(), blocks: z.array(z.unknown()).optional() })

export interface AlertReceiver {
  readonly url: string
  /** The texts that it took. */
  readonly heard: readonly string[]
  /** The number of refusals so far. */
  readonly refused: number
  close(): void
}

/** @param refusals how many it answers with 500 at first */
export async function alertReceiver(refusals: number): Promise<AlertReceiver> {
  const heard: string[] = []
  let refused = 0
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      if (refused < refusals) {
        refused++
        return response.writeHead(500).end('not now')
      }
      heard.push(message.parse(JSON.parse(body)).text)
      return response.end('ok')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    heard,
    get refused() {
      return refused
    },
    close: () => server.close(),
  }
}
