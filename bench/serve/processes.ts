/** The resources that a process used, as the kernel counts them. */
import { readFileSync } from 'node:fs'

const CLOCK_TICKS_PER_SECOND = 100
const PAGE_BYTES = 4_096

/** CPU time of all its threads so far, in milliseconds. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / CLOCK_TICKS_PER_SECOND
}

export function residentBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES
}
