/** `npm run e2e -- cart`: the browser tests whose file name has the word, on the production build. Options are Playwright's. */
import { testSession } from './testing/session.ts'

await testSession(async (session) => {
  await session.startStores()
  await session.browser(process.argv.slice(2))
})
