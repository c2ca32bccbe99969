import { findProgram, systemProgram } from './systemPackage.ts'

/** Debian has promtool in the package of the server, which needs not run. */
const PACKAGE = { 'apt-get': 'prometheus', dnf: 'golang-github-prometheus', apk: 'prometheus', brew: 'prometheus' }
const HOW_TO = 'install Prometheus (Debian and Ubuntu: apt-get install prometheus)'

/**
 * Prometheus' own check of rules and configuration.
 * @returns its path
 * @throws {SetupError} when it is missing and cannot be installed
 */
export function promtool(signal: AbortSignal): Promise<string> {
  return systemProgram(
    { title: 'promtool', packages: PACKAGE, find: () => findProgram('promtool'), howTo: HOW_TO },
    signal,
  )
}
