/**
 * `npm run e2e -- cart`: the browser tests whose path has the word, on the production build. Options are Playwright's:
 * `npm run e2e -- cart -g "counts it"`. `npm run e2e:freshness` runs those of freshness and prints what they measured.
 */
import { say, stopWithSentence } from './progress.mjs'
import { root } from './run/environment.ts'
import { testSession } from './testing/session.ts'
import { requireSpecs } from './testing/specs.ts'

const FRESHNESS = ['e2e/freshness', 'e2e/store/livePrices']

const HELP = `
  npm run e2e                     every browser test
  npm run e2e -- cart             the files with "cart" in their path
  npm run e2e -- e2e/store        the files of a folder
  npm run e2e -- cart -g "counts" of these, the tests with "counts" in their title
  npm run e2e -- cart.spec.ts:12  the test at a line
  npm run e2e:freshness           the freshness tests, with what each measured
`

const [first, ...rest] = process.argv.slice(2)
const isFreshness = first === '--freshness'
const args = isFreshness ? [...FRESHNESS, ...rest] : process.argv.slice(2)

if (first === '--help' || first === '-h') {
  say(HELP)
  process.exit()
}
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
