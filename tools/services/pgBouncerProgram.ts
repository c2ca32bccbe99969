import { findProgram, systemProgram } from './systemPackage.ts'

const PACKAGE = { 'apt-get': 'pgbouncer', dnf: 'pgbouncer', apk: 'pgbouncer', brew: 'pgbouncer' }
const HOW_TO = 'install it (Debian and Ubuntu: apt-get install pgbouncer)'

/**
 * The PgBouncer on this system; where there is none, the system's package manager installs it.
 * @throws {SetupError} when there is none and it cannot be installed
 */
export function pgBouncerProgram(signal: AbortSignal): Promise<string> {
  const find = () => findProgram('pgbouncer')
  return systemProgram({ title: 'PgBouncer', packages: PACKAGE, find, howTo: HOW_TO }, signal)
}
