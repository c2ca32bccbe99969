import { findProgram, systemProgram } from './systemPackage.ts'

const PACKAGE = { 'apt-get': 'gcc libc6-dev', dnf: 'gcc', apk: 'gcc musl-dev' }
const HOW_TO =
  'install one (Debian and Ubuntu: apt-get install gcc libc6-dev, Fedora: dnf install gcc, macOS: xcode-select --install)'

/**
 * The C compiler on PATH; where there is none, the system's package manager installs it.
 * @returns its path
 * @throws {SetupError} when there is none and it cannot be installed
 */
export function compilerProgram(signal: AbortSignal): Promise<string> {
  const find = () => findProgram('cc') ?? findProgram('gcc')
  return systemProgram({ title: 'A C compiler', packages: PACKAGE, find, howTo: HOW_TO }, signal)
}
