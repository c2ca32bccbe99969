/** Redis behind a proxy that loses the advances of one tag: the caller gets an answer as if they were made. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { ADVANCE } from '#lib/coherence/redis/commands.ts'

/** By command: the script itself at first, then its digest. */
const SENT_AS = new Map([
  ['eval', ADVANCE],
  ['evalsha', createHash('sha1').update(ADVANCE).digest('hex')],
])

export interface LosingProxy {
  readonly port: number
  /** The number of advances lost so far. */
  readonly lost: number
  /** From now on, no advance of this key arrives. */
  lose(key: string): void
  close(): Promise<void>
}

/** One command of the Redis protocol at the beginning of `bytes`. @returns undefined while it is not whole */
export function readCommand(bytes: Buffer): { args: Buffer[]; length: number } | undefined {
  let at = 0
  const number = (): number | undefined => {
    const end = bytes.indexOf('\r\n', at)
    if (end < 0) return undefined
    const value = Number(bytes.toString('latin1', at + 1, end))
    at = end + 2
    return value
  }
  const count = number()
  if (count === undefined) return undefined
  const args: Buffer[] = []
  for (let i = 0; i < count; i++) {
    const length = number()
    if (length === undefined || bytes.length < at + length + 2) return undefined
    args.push(bytes.subarray(at, at + length))
    at += length + 2
  }
  return { args, length: at }
}

export function writeCommand(args: readonly (Buffer | string)[]): Buffer {
  const parts = args.flatMap((arg) => [
    Buffer.from(`$${Buffer.byteLength(arg)}\r\n`),
    Buffer.from(arg),
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([Buffer.from(`*${args.length}\r\n`), ...parts])
}

/** @param target the real server */
export async function losingProxy(target: { host: string; port: number }): Promise<LosingProxy> {
  const sockets = new Set<Socket>()
  let losing: string | undefined
  let lost = 0

  function passedOn(args: Buffer[], original: Buffer): Buffer {
    const isAdvance = SENT_AS.get(args[0]?.toString().toLowerCase() ?? '') === args[1]?.toString()
    const at = isAdvance && losing !== undefined ? args.findIndex((arg) => arg.toString() === losing) : -1
    if (at < 0) return original
    lost++
    // Another key is raised in its place, in the same slot, so that the answer is one of a real advance.
    return writeCommand(args.map((arg, i) => (i === at ? `${losing}:lost` : arg)))
  }

  const server = createServer((client) => {
    const upstream = connect(target)
    let pending = Buffer.alloc(0)
    client.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk])
      for (let command = readCommand(pending); command; command = readCommand(pending)) {
        upstream.write(passedOn(command.args, pending.subarray(0, command.length)))
        pending = pending.subarray(command.length)
      }
    })
    upstream.on('data', (chunk) => client.write(chunk))
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')

  return {
    port: address.port,
    get lost() {
      return lost
    },
    lose(key) {
      losing = key
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
