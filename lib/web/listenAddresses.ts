/** Where a web instance accepts connections. */
import type { Env } from '#lib/platform/env.ts'

const FIRST_FD = 3

type Address = { readonly fd: number } | { readonly port: number; readonly host: string | undefined }

/**
 * All instances accept from the one socket of their supervisor: what a frozen instance leaves there, another takes. libuv accepts one
 * connection in each turn of the event loop from each descriptor, and a busy process has five turns a second: it gets several
 * descriptors of that socket.
 * @returns what to listen on, one server each
 */
export function listenAddresses({
  PORT,
  LISTEN_FDS,
  INSTANCE_PORT,
  HOST: host,
}: Pick<Env, 'PORT' | 'LISTEN_FDS' | 'INSTANCE_PORT' | 'HOST'>): Address[] {
  const shared =
    LISTEN_FDS === undefined
      ? [{ port: PORT, host }]
      : Array.from({ length: LISTEN_FDS }, (_, i) => ({ fd: FIRST_FD + i }))
  return INSTANCE_PORT === undefined ? shared : [...shared, { port: INSTANCE_PORT, host }]
}
