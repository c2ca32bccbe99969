/** Ports for servers of tests, some of which stop and start again on the same one. */
import { randomInt } from 'node:crypto'
import { isFree } from '../../tools/run/ports.ts'

/** Below those that Linux, macOS and Windows give to outgoing connections: no client can take it while its server is down. */
const FIRST = 20_000
const AFTER_LAST = 30_000

/** A port that is free, and that stays free while its server is down. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, AFTER_LAST)
    if (await isFree(port)) return port
  }
}
