import { execFileSync, spawnSync } from 'node:child_process'

export const has = (program: string) => spawnSync(program, ['--version']).error === undefined
const TASKSET = 'taskset'
const pins = has(TASKSET)

/** The command, bound to a core where the machine can do that. */
export function pinned(core: string | undefined, command: readonly string[]): [string, string[]] {
  const [file = '', ...args] = pins && core !== undefined ? [TASKSET, '-c', core, ...command] : command
  return [file, args]
}

/** Binds a process that runs, and those that it starts from now on, to a core where the machine can do that. */
export function pin(pid: number, core: string): void {
  if (pins) execFileSync(TASKSET, ['-a', '-c', '-p', core, String(pid)], { stdio: 'ignore' })
}
