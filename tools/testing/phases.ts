/** The browser tests that `npm test` runs side by side, and those that it runs alone. The projects are those of playwright.config.ts. */

/** One after the other; the projects of one phase run at the same time. */
const PHASES = [['shop', 'own servers', 'readers'], ['timed']] as const

/**
 * @param args of the command line, for Playwright
 * @returns the arguments of each run of Playwright: all of a phase at once, or the chosen tests one after the other
 */
export function browserRuns(args: readonly string[]): readonly (readonly string[])[] {
  if (args.length > 0) return [['--workers=1', ...args]]
  return PHASES.map((projects) => [
    ...projects.map((name) => `--project=${name}`),
    // Playwright empties the folder when it starts: what an earlier phase left is to stay.
    `--output=test-results/${projects[0]}`,
  ])
}
