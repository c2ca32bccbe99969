/** Ports for servers that stop and start again on the same one. */
import { randomInt } from 'node:crypto'
import { isFree } from '../../../tools/run/ports.ts'

/** Below those that Linux, macOS and Windows give to outgoing connections: a client that tries again cannot take it. */
const FIRST = 20_000
const AFTER_LAST = 30_000

/** A free port that stays free while its server is down. */
export async function lastingPort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, AFTER_LAST)
    if (await isFree(port)) return port
  }
}
