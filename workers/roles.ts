/** The parts of the worker that a process runs: all, unless its arguments name some. */

const ROLES = ['relay', 'invalidator', 'monitor', 'bulk', 'scheduler'] as const
export type Role = (typeof ROLES)[number]

/**
 * @param args of the command line: `--roles=relay,monitor`
 * @throws {Error} naming what is no role
 */
export function rolesOf(args: readonly string[]): ReadonlySet<Role> {
  const given = args.find((arg) => arg.startsWith('--roles='))?.slice('--roles='.length)
  if (given === undefined) return new Set(ROLES)
  return new Set(
    given.split(',').map((name) => {
      const role = ROLES.find((candidate) => candidate === name)
      if (!role) throw new Error(`--roles: ${JSON.stringify(name)} is none of ${ROLES.join(', ')}`)
      return role
    }),
  )
}
