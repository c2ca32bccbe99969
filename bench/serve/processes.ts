/** The resources that a process used, as the kernel counts them. */
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

const CLOCK_TICKS_PER_SECOND = 100
const PAGE_BYTES = 4_096
const LOOK_EVERY_MS = 1_000
/** Of one core. */
const IDLE_SHARE = 0.05
const IDLE_WITHIN_MS = 300_000

/** CPU time of all its threads so far, in milliseconds. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / CLOCK_TICKS_PER_SECOND
}

export function residentBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES
}

/** Waits until a process has next to nothing to do, such as pages to compress better. @throws when it does not come to rest */
export async function untilIdle(pid: number): Promise<void> {
  const deadline = performance.now() + IDLE_WITHIN_MS
  for (let used = Infinity; used > IDLE_SHARE;) {
    if (performance.now() > deadline) throw new Error(`the process ${pid} does not come to rest`)
    const before = cpuMs(pid)
    await wait(LOOK_EVERY_MS)
    used = (cpuMs(pid) - before) / LOOK_EVERY_MS
  }
}
