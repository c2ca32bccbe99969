import { execFileSync, spawnSync } from 'node:child_process'

export const has = (program: string) => spawnSync(program, ['--version']).error === undefined
const pins = has('taskset')

/** The command, bound to a core where the machine can do that. */
export function pinned(core: string | undefined, command: readonly string[]): [string, string[]] {
  const [file = '', ...args] = pins && core !== undefined ? ['taskset', '-c', core, ...command] : command
  return [file, args]
}

/** Binds a process that runs, and those that it starts from now on, to a core where the machine can do that. */
export function pin(pid: number, core: string): void {
  if (pins) execFileSync('taskset', ['-a', '-c', '-p', core, String(pid)], { stdio: 'ignore' })
}
