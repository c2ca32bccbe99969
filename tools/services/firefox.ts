import { existsSync } from 'node:fs'
import { SetupError } from '../progress.mjs'
import type { Environment } from '../run/environment.ts'
import { findProgram, systemProgram } from './systemPackage.ts'

const PROGRAMS = ['firefox-esr', 'firefox']
const APPLICATION = '/Applications/Firefox.app/Contents/MacOS/firefox'
const PACKAGE = { 'apt-get': 'firefox-esr', dnf: 'firefox', apk: 'firefox-esr', brew: 'firefox' }
const HOW_TO = 'install it, or name one with FIREFOX_PATH'

function installed(): string | undefined {
  return (
    PROGRAMS.map(findProgram).find((file) => file !== undefined) ?? (existsSync(APPLICATION) ? APPLICATION : undefined)
  )
}

/**
 * The other browser that filled pages are opened in: FIREFOX_PATH, the system's, else one from the package manager. An unchanged
 * one: it speaks WebDriver BiDi by itself.
 * @throws {SetupError} when there is none and it cannot be installed
 */
export async function firefoxPath(environment: Environment, signal: AbortSignal): Promise<string> {
  const named = environment['FIREFOX_PATH']
  if (named) {
    if (existsSync(named)) return named
    throw new SetupError(`FIREFOX_PATH names ${named}, which is not there: correct it or unset it.`)
  }
  return systemProgram({ title: 'Firefox', packages: PACKAGE, find: installed, howTo: HOW_TO }, signal)
}
