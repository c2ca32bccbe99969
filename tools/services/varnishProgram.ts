import { globSync } from 'node:fs'
import { findProgram, systemProgram } from './systemPackage.ts'

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
export function varnishProgram(signal: AbortSignal): Promise<string> {
  return systemProgram({ title: 'Varnish with xkey', packages: PACKAGE, find: installed, howTo: HOW_TO }, signal)
}
