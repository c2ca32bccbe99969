import { existsSync } from 'node:fs'
import { chromium } from '@playwright/test'
import { SetupError } from '../progress.mjs'
import type { Environment } from '../run/environment.ts'
import { findProgram, systemProgram } from './systemPackage.ts'

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const APPLICATIONS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const PACKAGE = { 'apt-get': 'chromium', dnf: 'chromium', apk: 'chromium', brew: 'chromium' }
const HOW_TO = 'install it, name one with CHROMIUM_PATH, or run npx playwright install --with-deps chromium'

function installed(): string | undefined {
  return (
    PROGRAMS.map(findProgram).find((file) => file !== undefined) ??
    [...APPLICATIONS, chromium.executablePath()].find((file) => existsSync(file))
  )
}

/** Chromium without a window. Debian has it in a package of its own. */
const SHELL = 'chromium-headless-shell'

/**
 * A browser for many short visits: the headless shell, which Playwright itself takes, opens a context and a page for a third of the
 * processor's time. Where it cannot be had, Chromium.
 */
export async function headlessPath(environment: Environment, signal: AbortSignal): Promise<string> {
  if (environment['CHROMIUM_PATH']) return chromiumPath(environment, signal)
  const title = 'The headless shell of Chromium'
  const wanted = { title, packages: { 'apt-get': SHELL }, find: () => findProgram(SHELL), howTo: HOW_TO }
  return systemProgram(wanted, signal).catch((error: unknown) => {
    if (!(error instanceof SetupError)) throw error
    return chromiumPath(environment, signal)
  })
}

/**
 * The browser of people: CHROMIUM_PATH, the system's, Playwright's own, else one from the package manager.
 * @throws {SetupError} when there is none and it cannot be installed
 */
export async function chromiumPath(environment: Environment, signal: AbortSignal): Promise<string> {
  const named = environment['CHROMIUM_PATH']
  if (named) {
    if (existsSync(named)) return named
    throw new SetupError(`CHROMIUM_PATH names ${named}, which is not there: correct it or unset it.`)
  }
  return systemProgram({ title: 'Chromium', packages: PACKAGE, find: installed, howTo: HOW_TO }, signal)
}
