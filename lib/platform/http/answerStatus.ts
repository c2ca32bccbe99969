/**
 * Sets the HTTP status of an answer that Next writes, for an action or page that failed: Next offers no way to do that.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { ServerResponse } from 'node:http'
import { processSingleton } from '../process/processSingleton.ts'

type AnswerStatus = 429 | 500 | 503

interface Said {
  status?: AnswerStatus
  retryAfterS?: number | undefined
}

const storage = () => processSingleton('saidStatus', () => new AsyncLocalStorage<Said>())

/**
 * For the answer under way, in place of 200 and of 500. The first call counts; once the head is sent none does.
 * @returns false where no answer is under way, such as for a page that is rendered to be kept
 */
export function setAnswerStatus(status: AnswerStatus, retryAfterS?: number): boolean {
  const said = storage().getStore()
  if (said && said.status === undefined) Object.assign(said, { status, retryAfterS })
  return said !== undefined
}

function isEmpty(chunk: unknown): boolean {
  return (typeof chunk === 'string' || chunk instanceof Uint8Array) && chunk.length === 0
}

/**
 * Runs `answer`, which writes `response`, under a status that may be said. The head of a page waits for its first byte: Next would send
 * it before it begins to render.
 */
export function withAnswerStatus<T>(response: ServerResponse, answer: () => Promise<T>): Promise<T> {
  const said: Said = {}
  const flushHeaders = response.flushHeaders.bind(response)
  response.flushHeaders = () => {
    // The head of a stream of events is awaited by itself.
    if (!String(response.getHeader('content-type')).startsWith('text/html')) flushHeaders()
  }
  response.write = new Proxy(response.write, {
    apply: (write, _self, args: Parameters<typeof response.write>) =>
      isEmpty(args[0]) || Reflect.apply(write, response, args),
  })
  response.writeHead = new Proxy(response.writeHead, {
    apply(writeHead, _self, args: Parameters<typeof response.writeHead>) {
      const [status, ...rest] = args
      // Next has a status of its own for what fails before the head is sent: 500 for all of it.
      if ((status !== 200 && status !== 500) || said.status === undefined)
        return Reflect.apply(writeHead, response, args)
      response.setHeader('Cache-Control', 'no-store')
      if (said.retryAfterS !== undefined) response.setHeader('Retry-After', said.retryAfterS)
      return Reflect.apply(writeHead, response, [said.status, ...rest])
    },
  })
  return storage().run(said, answer)
}
