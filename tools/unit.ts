/** `npm run unit -- relay`: the unit and integration tests whose file name has the word, on real stores. Options are Vitest's. */
import { testSession } from './testing/session.ts'

await testSession(async (session) => {
  await session.startStores()
  await session.unit(process.argv.slice(2))
})
