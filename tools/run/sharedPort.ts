import net from 'node:net'
import { SetupError } from '../progress.mjs'

/**
 * Connections that a process accepts from the port in one turn of its event loop: libuv takes one from each descriptor. One more descriptor
 * costs each new connection 3 µs, for a call that finds nothing.
 */
const ACCEPTED_A_TURN = 16

export interface SharedPort {
  /** For the `sockets` of a child, which listens on each and accepts from it: the same socket several times. */
  readonly descriptors: readonly number[]
  /** Says to the child how many they are. */
  readonly environment: { readonly LISTEN_FDS: string }
  close(): void
}

function boundPort(handle: object): number | undefined {
  const name: { port?: number } = {}
  if ('getsockname' in handle && typeof handle.getsockname === 'function') handle.getsockname(name)
  return name.port
}

/**
 * Binds a port for all web instances. This process listens on it never: `net.Server` would accept connections, too, so
 * the handle is made with what Node's cluster module makes its own with. Node has no documented way, and its version is
 * pinned by the lockfile.
 * @param host an address of this machine; by default all of them
 * @throws {SetupError} when another program has the port
 */
export function bindPort(port: number, host?: string): SharedPort {
  const create: unknown = Reflect.get(net, '_createServerHandle')
  if (typeof create !== 'function') throw new Error('this Node has no net._createServerHandle')
  // All: a machine without IPv6 has the second only.
  for (const address of host === undefined ? ['::', '0.0.0.0'] : [host]) {
    const handle: unknown = create(address, port, net.isIP(address))
    if (typeof handle !== 'object' || handle === null || !('fd' in handle) || !('close' in handle)) continue
    const { fd, close } = handle
    if (typeof fd !== 'number' || typeof close !== 'function') continue
    if (boundPort(handle) === port)
      return {
        descriptors: Array.from({ length: ACCEPTED_A_TURN }, () => fd),
        environment: { LISTEN_FDS: String(ACCEPTED_A_TURN) },
        close: () => void close.call(handle),
      }
    close.call(handle)
  }
  throw new SetupError(`Port ${port} is taken by another program: stop that one, or choose another port.`)
}
