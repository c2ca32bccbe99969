/** An HTTP proxy in front of a server of the shop that changes answers on their way, to see whether that is noticed. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'

export interface Said {
  readonly status: number
  readonly headers: Readonly<IncomingHttpHeaders>
  readonly body: string
}

export interface Lie {
  /** @returns what the server is asked with in place of the headers of the question */
  ask?(headers: IncomingHttpHeaders): IncomingHttpHeaders
  /** @returns what is sent in place of what the server said */
  answer?(asked: IncomingMessage, said: Said): Said
}

export interface LyingProxy {
  readonly url: string
  /** For answers from now on; without one each is passed on as it is. */
  lieWith(lie?: Lie): void
  /** The number of answers that were changed since the last `lieWith`. */
  readonly lies: number
  close(): Promise<void>
}

async function textOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Headers about the bytes of one answer. */
const OF_BYTES = new Set(['content-length', 'content-encoding', 'transfer-encoding', 'etag'])

/** @param origin the address of the real server */
export async function lyingProxy(origin: string): Promise<LyingProxy> {
  let lie: Lie = {}
  let lies = 0
  const server = createServer((asked, answer) => {
    const change = lie.answer
    // As text, and never "not modified".
    const { 'accept-encoding': _packed, 'if-none-match': _known, ...plain } = asked.headers
    const headers = lie.ask?.(asked.headers) ?? (change ? plain : asked.headers)
    const sent = request(origin + (asked.url ?? ''), { method: asked.method, headers }, (said) => {
      const [status, { headers: own }] = [said.statusCode ?? 502, said]
      if (!change) {
        answer.writeHead(status, own)
        said.pipe(answer)
        return
      }
      void textOf(said).then(
        (body) => {
          const text = body.toString()
          const changed = change(asked, { status, headers: own, body: text })
          if (changed.body !== text && lie.answer === change) lies++
          answer.writeHead(
            changed.status,
            Object.fromEntries(Object.entries(changed.headers).filter(([name]) => !OF_BYTES.has(name))),
          )
          answer.end(changed.body)
        },
        () => answer.destroy(),
      )
    })
    sent.on('error', () => answer.destroy())
    asked.pipe(sent)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    get lies() {
      return lies
    },
    lieWith(next = {}) {
      lie = next
      lies = 0
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
