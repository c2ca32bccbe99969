/**
 * `npm run audit`: known weaknesses of the packages that a shop runs with, as the registry knows them. One that answers no
 * such question, or cannot be reached, is said and is no failure: nothing was found out.
 */
import { spawnSync } from 'node:child_process'
import { z } from 'zod'
import { root } from './run/environment.ts'
import { say } from './progress.mjs'

const REPORT = z.object({
  vulnerabilities: z.record(z.string(), z.object({ name: z.string(), severity: z.string(), range: z.string() })),
})
/** The severities of a weakness that fail the command. */
const GRAVE = new Set(['high', 'critical'])

function reported(text: string) {
  try {
    return REPORT.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

const { stdout } = spawnSync('npm', ['audit', '--json', '--omit=dev'], { cwd: root, encoding: 'utf8' })
const report = reported(stdout ?? '')
if (!report) say('Not checked: the registry cannot be reached, or answers no questions about weaknesses.')
else {
  const found = Object.values(report.vulnerabilities)
  for (const { name, severity, range } of found) say(`${severity.padEnd(9)} ${name} ${range}`)
  say(
    found.length === 0
      ? 'No known weakness.'
      : `${found.length} packages have a known weakness: npm audit says which release has none.`,
  )
  if (found.some(({ severity }) => GRAVE.has(severity))) process.exitCode = 1
}
