import { spawnSync } from 'node:child_process'

export const has = (program: string) => spawnSync(program, ['--version']).error === undefined
const pins = has('taskset')

/** The command, bound to a core where the machine can do that. */
export function pinned(core: string | undefined, command: readonly string[]): [string, string[]] {
  const [file = '', ...args] = pins && core !== undefined ? ['taskset', '-c', core, ...command] : command
  return [file, args]
}
