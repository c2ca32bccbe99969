import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { z } from 'zod'

const WITHIN_MS = 60_000

/** @param child before which benchChild.ts is loaded @returns bytes of live objects in its heap: resident memory also counts what V8 has freed and keeps for later */
export async function liveHeap(child: ChildProcess): Promise<number> {
  const answered = once(child, 'message', { signal: AbortSignal.timeout(WITHIN_MS) })
  child.send('heap')
  const [bytes] = z.tuple([z.number()], z.unknown()).parse(await answered)
  return bytes
}
