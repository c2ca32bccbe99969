import net from 'node:net'
import { SetupError } from '../progress.mjs'

export interface SharedPort {
  /** For the `socket` of a child, which listens on it and accepts from it. */
  readonly fd: number
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
 * @throws {SetupError} when another program has the port
 */
export function bindPort(port: number): SharedPort {
  const create: unknown = Reflect.get(net, '_createServerHandle')
  if (typeof create !== 'function') throw new Error('this Node has no net._createServerHandle')
  for (const [host, family] of [
    ['::', 6],
    ['0.0.0.0', 4], // a machine without IPv6
  ]) {
    const handle: unknown = create(host, port, family)
    if (typeof handle !== 'object' || handle === null || !('fd' in handle) || !('close' in handle)) continue
    const { fd, close } = handle
    if (typeof fd !== 'number' || typeof close !== 'function') continue
    if (boundPort(handle) === port) return { fd, close: () => void close.call(handle) }
    close.call(handle)
  }
  throw new SetupError(`Port ${port} is taken by another program: stop that one, or choose another port.`)
}
