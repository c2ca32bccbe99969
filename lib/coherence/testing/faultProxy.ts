/** A TCP proxy for tests that break a connection: cut it, freeze it, lose its answers, make it late, let it go on. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface FaultProxy {
  /** The port that clients connect to. */
  readonly port: number
  /** Ends every connection and refuses new ones. */
  cut(): Promise<void>
  /** Keeps connections open and lets nothing through, as a network that drops packets does. */
  freeze(): void
  /** Bytes for the server arrive, and none come back; connections stay open. */
  freezeAnswers(): void
  /** Lets each byte through so many milliseconds later, in order. */
  delay(ms: number): void
  /** Undoes all of these. */
  heal(): Promise<void>
  close(): Promise<void>
}

/** @param target the real server */
export async function faultProxy(target: { host: string; port: number }): Promise<FaultProxy> {
  const sockets = new Set<Socket>()
  const upstreams = new Set<Socket>()
  let frozen: 'no' | 'answers' | 'all' = 'no'
  let delayMs = 0

  /** Passes on what `from` sends. Delayed bytes are not overtaken by later ones with less delay. */
  function pass(from: Socket, to: Socket): void {
    const late: { readonly chunk: Buffer; readonly due: number }[] = []
    const send = () => {
      while (late[0] && late[0].due <= performance.now()) to.write(late.shift()?.chunk ?? '')
      if (late[0]) setTimeout(send, Math.ceil(late[0].due - performance.now()))
    }
    from.on('data', (chunk: Buffer) => {
      if (delayMs === 0 && late.length === 0) to.write(chunk)
      else if (late.push({ chunk, due: performance.now() + delayMs }) === 1) setTimeout(send, delayMs)
    })
  }

  const server = createServer((client) => {
    const upstream = connect(target)
    upstreams.add(upstream)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      pass(from, to)
      if (frozen === 'all' || (frozen === 'answers' && from === upstream)) from.pause()
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        upstreams.delete(from)
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
      frozen = 'all'
      for (const socket of sockets) socket.pause()
    },
    freezeAnswers() {
      frozen = 'answers'
      for (const socket of upstreams) socket.pause()
    },
    delay(ms) {
      delayMs = ms
    },
    async heal() {
      frozen = 'no'
      delayMs = 0
      for (const socket of sockets) socket.resume()
      if (!server.listening) await listen(port)
    },
    async close() {
      if (server.listening) await cut()
    },
  }
}
