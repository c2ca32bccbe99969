/** The programs of the tests that a machine may lack. */
import { SetupError } from '../progress.mjs'
import type { Environment } from '../run/environment.ts'
import { chromiumPath, headlessPath } from '../services/chromium.ts'
import { firefoxPath } from '../services/firefox.ts'
import { pgBouncerProgram } from '../services/pgBouncerProgram.ts'
import { postgresClient } from '../services/postgresClient.ts'
import { alertmanagerPrograms, prometheusPrograms } from '../services/prometheusPrograms.ts'
import { redisProgram } from '../services/redisProgram.ts'
import { spinProgram } from '../services/spinProgram.ts'
import { varnishProgram } from '../services/varnishProgram.ts'

type Program = (signal: AbortSignal) => Promise<unknown>

/** Programs that tests ask for themselves: without one of them they fail. */
export const OF_UNIT_TESTS: readonly Program[] = [
  spinProgram,
  pgBouncerProgram,
  varnishProgram,
  postgresClient,
  prometheusPrograms,
  alertmanagerPrograms,
]

/**
 * Installs those that are missing, one after the other: package managers refuse to work side by side. One that cannot be had is named
 * by the step that needs it.
 */
export async function installMissing(programs: readonly Program[], signal: AbortSignal): Promise<void> {
  for (const program of programs)
    await program(signal).catch((error: unknown) => {
      if (!(error instanceof SetupError)) throw error
    })
}

/** @param browser whether the browser tests are to run as well */
export function programsOf(environment: Environment, browser: boolean): readonly Program[] {
  const browsers = [headlessPath, chromiumPath, firefoxPath].map(
    (find) => (signal: AbortSignal) => find(environment, signal),
  )
  return [redisProgram, ...OF_UNIT_TESTS, ...(browser ? browsers : [])]
}
