/** A TCP proxy for tests that break a connection: cut it, freeze it, let it go on. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface FaultProxy {
  /** Where clients connect. */
  readonly port: number
  /** Ends every connection and refuses new ones. */
  cut(): Promise<void>
  /** Keeps connections open and lets nothing through, as a network that drops packets does. */
  freeze(): void
  /** Undoes `cut` and `freeze`. */
  heal(): Promise<void>
  close(): Promise<void>
}

/** @param target the real server */
export async function faultProxy(target: { host: string; port: number }): Promise<FaultProxy> {
  const sockets = new Set<Socket>()
  let frozen = false

  const server = createServer((client) => {
    const upstream = connect(target)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      if (frozen) from.pause()
      from.on('data', (chunk) => to.write(chunk))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const { port } = address

  async function cut(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    await closed
  }

  return {
    port,
    cut,
    freeze() {
      frozen = true
      for (const socket of sockets) socket.pause()
    },
    async heal() {
      frozen = false
      for (const socket of sockets) socket.resume()
      if (!server.listening) await listen(port)
    },
    async close() {
      if (server.listening) await cut()
    },
  }
}
