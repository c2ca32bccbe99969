/** Ends web instances and the worker at once, in turn, as a crash does; their supervisor starts them again. */
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { SQL_LIVE_WITHIN_MS, type Outage } from '../outage.ts'
import type { StepBarrier } from '../stepBarrier.ts'

const health = z.object({ pid: z.int() })
const ASK_FOR_MS = 2_000
const AGAIN_AFTER_MS = 100
const BACK_WITHIN_MS = 90_000
/** The supervisor gives up on a process that ends four times within a minute. */
const BETWEEN_KILLS_MS = 12_000

export interface Kills {
  web: number
  worker: number
}

async function pidOf(url: string): Promise<number> {
  const response = await fetch(`${url}/health`, {
    signal: AbortSignal.timeout(ASK_FOR_MS),
    headers: { connection: 'close' },
  })
  return health.parse(await response.json()).pid
}

/** @param url of a process that this run has started */
async function killAndWait(url: string): Promise<void> {
  const old = await pidOf(url)
  process.kill(old, 'SIGKILL')
  const deadline = performance.now() + BACK_WITHIN_MS
  while (performance.now() < deadline) {
    const response = await fetch(`${url}/ready`, {
      signal: AbortSignal.timeout(ASK_FOR_MS),
      headers: { connection: 'close' },
    }).catch(() => undefined)
    await response?.arrayBuffer()
    if (response?.ok && (await pidOf(url)) !== old) return
    await wait(AGAIN_AFTER_MS)
  }
  throw new Error(`${url} did not come back within ${BACK_WITHIN_MS} ms`)
}

/** One kill every `reads` reads, where that is not too fast for the supervisor, until the run ends. */
export async function killInTurn(
  { pace, outage }: { pace: StepBarrier; outage: Outage },
  { web, worker, reads }: { web: readonly string[]; worker: string; reads: number },
): Promise<Kills> {
  const kills: Kills = { web: 0, worker: 0 }
  for (let turn = 0; await pace.after(reads); turn++) {
    if (turn % 2 === 0) {
      await killAndWait(web[kills.web % web.length] ?? '')
      kills.web++
    } else {
      outage.begin()
      await wait(SQL_LIVE_WITHIN_MS)
      await killAndWait(worker)
      outage.heal()
      kills.worker++
    }
    await wait(BETWEEN_KILLS_MS)
  }
  return kills
}
