/**
 * `npm run e2e -- cart`: the browser tests whose path has the word, on the production build. Options are Playwright's:
 * `npm run e2e -- cart -g "counts it"`. `npm run e2e:freshness` runs those of freshness and prints what they measured.
 */
import { stopWithSentence } from './progress.mjs'
import { root } from './run/environment.ts'
import { testSession } from './testing/session.ts'
import { requireSpecs } from './testing/specs.ts'

const FRESHNESS = ['e2e/freshness', 'e2e/store/livePrices']

const [first, ...rest] = process.argv.slice(2)
const isFreshness = first === '--freshness'
const args = isFreshness ? [...FRESHNESS, ...rest] : process.argv.slice(2)

try {
  requireSpecs(root, args)
} catch (error) {
  stopWithSentence(error)
  process.exit(1)
}
await testSession(async (session) => {
  await session.startStores()
  await session.browser(args, isFreshness ? 'answers' : 'list')
})
