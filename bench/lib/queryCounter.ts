/** Stands before Postgres and notes every statement that is executed through it, by reading the protocol. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface QueryCounter {
  /** The address of Postgres, through the counter. */
  readonly url: string
  /** Forgets what was noted. */
  reset(): void
  /** Text of every statement since the last reset. */
  executed(): readonly string[]
  close(): void
}

const STARTUP_HEADER = 4
const HEADER = 5

/** @see https://www.postgresql.org/docs/current/protocol-message-formats.html */
class Frontend {
  readonly #note: (sql: string) => void
  readonly #statements = new Map<string, string>()
  readonly #portals = new Map<string, string>()
  #buffer: Buffer = Buffer.alloc(0)
  #started = false

  constructor(note: (sql: string) => void) {
    this.#note = note
  }

  read(chunk: Buffer): void {
    this.#buffer = this.#buffer.byteLength === 0 ? chunk : Buffer.concat([this.#buffer, chunk])
    for (;;) {
      const header = this.#started ? HEADER : STARTUP_HEADER
      if (this.#buffer.byteLength < header) return
      const length = this.#buffer.readUInt32BE(header - 4) + header - 4
      if (this.#buffer.byteLength < length) return
      if (this.#started) this.#message(String.fromCharCode(this.#buffer[0] ?? 0), this.#buffer.subarray(HEADER, length))
      this.#started = true
      this.#buffer = this.#buffer.subarray(length)
    }
  }

  #message(type: string, body: Buffer): void {
    const [first = '', second = ''] = body.toString('utf8').split('\0', 2)
    if (type === 'Q') this.#note(first)
    else if (type === 'P') this.#statements.set(first, second)
    else if (type === 'B') this.#portals.set(first, this.#statements.get(second) ?? '')
    else if (type === 'E') this.#note(this.#portals.get(first) ?? '')
  }
}

export async function queryCounter(databaseUrl: string): Promise<QueryCounter> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let noted: string[] = []
  const server = createServer((client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port || 5432) })
    const frontend = new Frontend((sql) => noted.push(sql))
    client.on('data', (chunk) => frontend.read(chunk))
    client.pipe(upstream).pipe(client)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined) // the other side is ended below
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the counter has no port')
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String(address.port)
  return {
    url: url.href,
    reset: () => {
      noted = []
    },
    executed: () => noted,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
