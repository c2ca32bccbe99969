/** Closes HTTP servers without cutting an answer off: what is under way ends, within a bound; event streams end at once. */
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const STREAM = 'text/event-stream'

export class InFlight {
  /**
   * The newest answer of each connection, while it is under way. A set of answers would be a new table with every few requests; V8 leads
   * from the table before to the next one, so that what stood in one of them outlived its request by seconds: a quarter of a page hit.
   */
  readonly #newest = new Map<Socket, ServerResponse | undefined>()

  /** Call for each request before it is handled. */
  follow(response: ServerResponse): void {
    const { socket } = response.req
    if (!this.#newest.has(socket)) socket.once('close', () => this.#newest.delete(socket))
    this.#newest.set(socket, response)
    response.once('close', () => {
      if (this.#newest.get(socket) === response) this.#newest.set(socket, undefined)
    })
  }

  /**
   * Takes no further connection and waits for the answers under way.
   * @param boundMs what has not ended after this is cut off
   */
  async close(servers: readonly Server[], boundMs: number): Promise<void> {
    const closed = Promise.all(
      servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve())
            server.closeIdleConnections()
          }),
      ),
    )
    for (const response of this.#newest.values()) {
      if (!response) continue
      // A stream has no end of its own: its tab connects again, to another instance.
      if (String(response.getHeader('content-type')).startsWith(STREAM)) response.destroy()
      else if (!response.headersSent) response.setHeader('connection', 'close')
      // Its head has gone out with the promise to keep the connection.
      else response.once('finish', () => setImmediate(() => servers.forEach((server) => server.closeIdleConnections())))
    }
    const bound = setTimeout(() => servers.forEach((server) => server.closeAllConnections()), boundMs)
    await closed
    clearTimeout(bound)
  }
}
