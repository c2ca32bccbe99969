/**
 * A TCP proxy whose target changes: new connections reach the new target, and those that exist stay with the old one, as
 * after a change of DNS or in a load balancer that drains. `lib/coherence/testing/faultProxy.ts` cuts and freezes instead.
 */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface Target {
  readonly host: string
  readonly port: number
}

export interface SwitchingProxy {
  /** The port that clients connect to. */
  readonly port: number
  /** The number of client connections to this target. */
  connectionsTo(target: Target): number
  /** The target of new connections from now on. */
  switchTo(target: Target): void
  /** Keeps the connections that exist open and lets nothing through on them, as a network that drops packets does. */
  silence(): void
  close(): Promise<void>
}

export async function switchingProxy(first: Target): Promise<SwitchingProxy> {
  let target = first
  const pairs = new Set<{ readonly client: Socket; readonly upstream: Socket; readonly target: Target }>()

  const server = createServer((client) => {
    const upstream = connect(target)
    const pair = { client, upstream, target }
    pairs.add(pair)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.setNoDelay(true)
      from.on('data', (chunk) => to.write(chunk))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        pairs.delete(pair)
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
    connectionsTo: ({ host, port }) =>
      [...pairs].filter((pair) => pair.target.host === host && pair.target.port === port).length,
    switchTo(next) {
      target = next
    },
    silence() {
      for (const { client, upstream } of pairs) {
        client.pause()
        upstream.pause()
      }
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const { client, upstream } of pairs) {
        client.destroy()
        upstream.destroy()
      }
      await closed
    },
  }
}
