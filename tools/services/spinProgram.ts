import { findProgram, systemProgram } from './systemPackage.ts'

const PACKAGE = { 'apt-get': 'spin gcc libc6-dev', brew: 'spin' }
const HOW_TO =
  'install Spin 6 and a C compiler (Debian and Ubuntu: apt-get install spin gcc libc6-dev; macOS: brew install spin)'

/** Spin writes a verifier in C, so it is of use only beside a compiler. */
function installed(): string | undefined {
  return findProgram('gcc') === undefined ? undefined : findProgram('spin')
}

/**
 * The model checker Spin, with the gcc that compiles what it writes; where one is missing, the system's package manager
 * installs both.
 * @returns the path of Spin
 * @throws {SetupError} when one is missing and cannot be installed
 */
export function spinProgram(signal: AbortSignal): Promise<string> {
  return systemProgram({ title: 'Spin', packages: PACKAGE, find: installed, howTo: HOW_TO }, signal)
}
