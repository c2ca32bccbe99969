/** Closes HTTP servers without cutting an answer off: what is under way ends, within a bound; event streams end at once. */
import type { Server, ServerResponse } from 'node:http'

const STREAM = 'text/event-stream'

export class InFlight {
  readonly #responses = new Set<ServerResponse>()

  /** Call for each request before it is handled. */
  follow(response: ServerResponse): void {
    this.#responses.add(response)
    response.once('close', () => this.#responses.delete(response))
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
    for (const response of this.#responses) {
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
