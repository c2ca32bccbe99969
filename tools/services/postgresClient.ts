import { findProgram, systemProgram } from './systemPackage.ts'

const PACKAGE = { 'apt-get': 'postgresql-client', dnf: 'postgresql', apk: 'postgresql-client' }
const HOW_TO = 'install it (Debian and Ubuntu: apt-get install postgresql-client)'

/** `psql` with `pg_isready`: both come in one package, and the embedded Postgres has neither. */
function installed(): string | undefined {
  return findProgram('pg_isready') === undefined ? undefined : findProgram('psql')
}

/**
 * The psql on this system; where there is none, the system's package manager installs it.
 * @throws {SetupError} when there is none and it cannot be installed
 */
export function postgresClient(signal: AbortSignal): Promise<string> {
  return systemProgram({ title: 'psql', packages: PACKAGE, find: installed, howTo: HOW_TO }, signal)
}
