import { globSync } from 'node:fs'
import { SetupError, step } from '../progress.mjs'
import { findProgram, installerOf } from './systemPackage.ts'

/** xkey, which purges by tag, is in a package of its own. */
const PACKAGE = { 'apt-get': 'varnish varnish-modules', dnf: 'varnish varnish-modules', apk: 'varnish varnish-modules' }
const XKEY = '/usr/{lib,lib64,local/lib}/{,*/}varnish/vmods/libvmod_xkey.so'
const HOW_TO =
  'install varnish and varnish-modules (Debian and Ubuntu: apt-get install varnish varnish-modules), or leave EDGE out'

function installed(): string | undefined {
  return globSync(XKEY).length > 0 ? findProgram('varnishd') : undefined
}

/**
 * The varnishd on this system, with xkey; where there is none, the system's package manager installs it.
 * @throws {SetupError} when there is none and it cannot be installed
 */
export async function varnishProgram(signal: AbortSignal): Promise<string> {
  const install = installed() === undefined ? installerOf(PACKAGE) : undefined
  if (install !== undefined) {
    const failure = `Varnish is not installed and the package manager could not install it: ${HOW_TO}.`
    await step('Installing Varnish with the package manager of this system', (onLine) =>
      install({ onLine, failure, signal }),
    )
  }
  const program = installed()
  if (program === undefined)
    throw new SetupError(`Varnish with xkey is not installed, and installing it here needs a password: ${HOW_TO}.`)
  return program
}
