/**
 * The connections of a process that dies at a chosen moment. Seen from the stores, that is all there is to its death: what it has
 * sent arrives, and nothing after it.
 */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

export interface MortalConnections {
  /** @returns the address of the same server, for the process that dies */
  through(url: string): Promise<string>
  /** The process dies when it has sent so many messages from now on. It gets no answer to the last one. */
  dieAfter(messages: number): void
  readonly isDead: boolean
  /** Another process begins: connections are taken again. */
  revive(): void
  close(): Promise<void>
}

export function mortalConnections(): MortalConnections {
  const servers: Server[] = []
  const sockets = new Set<Socket>()
  let left = Infinity
  let isDead = false

  function die(last: Socket): void {
    isDead = true
    last.end() // after what was written
    for (const socket of sockets) if (socket !== last) socket.destroy()
  }

  async function listen(host: string, port: number): Promise<number> {
    const server = createServer((client) => {
      if (isDead) return client.destroy()
      const upstream = connect({ host, port })
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(socket)
        socket.on('error', () => other.destroy())
        socket.on('close', () => {
          sockets.delete(socket)
          if (socket === upstream || !isDead) other.destroy()
        })
      }
      upstream.on('data', (chunk) => client.write(chunk))
      client.on('data', (chunk) => {
        if (isDead) return
        upstream.write(chunk)
        if (--left <= 0) die(upstream)
      })
    })
    servers.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
    return address.port
  }

  return {
    async through(text) {
      const url = new URL(text)
      const port = await listen(url.hostname, Number(url.port || (url.protocol === 'redis:' ? 6379 : 5432)))
      url.hostname = '127.0.0.1'
      url.port = String(port)
      return url.href
    },
    dieAfter(messages) {
      left = messages
    },
    get isDead() {
      return isDead
    },
    revive() {
      left = Infinity
      isDead = false
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
}
