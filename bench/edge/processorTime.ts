/** Processor time, which a busy machine makes longer by little, where requests a second become fewer by much. */
import { readdirSync, readFileSync } from 'node:fs'

/** The tick rate of Linux on every machine. */
const TICKS_A_SECOND = 100

/** @param name of a process, as `/proc` has it @returns milliseconds that children of this process by that name have used, all in all */
export function processorMs(name: string): number {
  let ticks = 0
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const program = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
      if (program === name && Number(fields[1]) === process.pid) ticks += Number(fields[11]) + Number(fields[12])
    } catch {
      // It ended between the listing and the read.
    }
  }
  return (ticks / TICKS_A_SECOND) * 1_000
}
