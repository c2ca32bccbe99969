/**
 * `npm test`: the set-up of `npm start` on a data folder and ports of its own, then every test. `npm run verify`
 * leaves out the production build and the browser; `npm test -- --long` adds chaos and simulation. The last line is always `N passed, N failed`.
 */
import { profileOf } from './testing/profile.ts'
import { testSession } from './testing/session.ts'

await testSession(async (session) => {
  const { browser, long } = profileOf(process.argv.slice(2))
  const programs = session.install({ browser })
  await session.check('Types of the routes', ['next/dist/bin/next', 'typegen'])
  await Promise.all([
    session.check('Types', ['typescript/bin/tsc', '--noEmit', '--incremental', 'false']),
    session.check('Unused files, exports and dependencies', ['knip/bin/knip.js']),
    session.check('Lint', ['oxlint/bin/oxlint', '--deny-warnings']),
    session.check('Format', ['oxfmt/bin/oxfmt', '--check']),
  ])
  await programs
  await session.startStores()
  await session.unit()
  if (browser) await session.browser()
  for (const one of long) await session.long(one)
})
