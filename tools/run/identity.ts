import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/**
 * The moment at which a process started, which distinguishes it from a later one with the same pid. In a container that was
 * started again, nearly every pid is used a second time.
 * @returns undefined when no such process runs
 */
export function identityOf(pid: number): string | undefined {
  if (existsSync('/proc/self/stat')) return fromProc(pid)
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return status === 0 && stdout.trim() ? stdout.trim() : undefined
}

/**
 * The processor time of a process, in the spelling of the system: a text that changes with each hundredth of a second.
 * @returns undefined when no such process runs
 */
export function processorTimeOf(pid: number): string | undefined {
  if (existsSync('/proc/self/stat')) {
    const fields = statOf(pid)
    return fields && `${fields[11]} ${fields[12]}` // in user mode, in the kernel
  }
  const { status, stdout } = spawnSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/** @returns the fields of /proc/PID/stat from the state on */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined // it has ended
  }
}

function fromProc(pid: number): string | undefined {
  const fields = statOf(pid)
  if (!fields || fields[0] === 'Z') return undefined
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`
}
