/**
 * `npm test`: the set-up of `npm start` on a data folder and ports of its own, then every test. `npm run verify`
 * leaves out the production build and the browser. The last line is always `N passed, N failed`.
 */
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { SetupError, stopWithSentence } from './progress.mjs'
import { readEnvironment, root, type Environment } from './run/environment.ts'
import { Ledger } from './run/ledger.ts'
import { KeptPorts } from './run/ports.ts'
import { startShop } from './run/shop.ts'
import { stopOnSignals } from './run/signals.ts'
import { startStores } from './run/stores.ts'
import { Supervisor } from './run/supervisor.ts'
import { chromiumPath } from './services/chromium.ts'
import { freshCatalog } from './testing/catalog.ts'
import { check, program, runner } from './testing/runner.ts'
import { FAILED, playwrightTally, sum, vitestTally, type Tally } from './testing/tally.ts'

const short = process.argv.includes('--short')
const dataFolder = path.join(root, '.data/test')
const tallies: Tally[] = []

/** Never the stores and addresses of a shop that people use: tests write, drop and flush. */
const NOT_FOR_TESTS = ['DATABASE_URL', 'REDIS_URL', 'CACHE_REDIS_URL', 'PORT', 'WORKER_PORT', 'WEB_PORT_BASE', 'WEB_URLS', 'PUBLIC_URL', 'NEXT_DIST_DIR', 'EDGE', 'EDGE_PORT', 'EDGE_CONTROL_URL']

function testEnvironment(): Environment {
  for (const name of NOT_FOR_TESTS) delete process.env[name]
  const given = Object.entries(readEnvironment()).filter(([name]) => !NOT_FOR_TESTS.includes(name))
  return { ...Object.fromEntries(given), CATALOG_SIZE: '300', ADMIN_EMAIL: 'admin@evergreen.example' }
}

const ledger = new Ledger(dataFolder)
const supervisor = new Supervisor(ledger, (sentence) => {
  tallies.push(FAILED)
  stopWithSentence(new SetupError(sentence))
})
const { signal } = supervisor

async function unitAndIntegration(environment: Environment): Promise<Tally> {
  const results = path.join(dataFolder, 'vitest.json')
  rmSync(results, { force: true })
  const ok = await runner([program('vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile=${results}`], environment, signal)
  return vitestTally(results, ok)
}

async function browser(environment: Environment, ports: KeptPorts): Promise<Tally> {
  const chromium = await chromiumPath(environment, signal)
  const catalog = await freshCatalog(environment, dataFolder, signal)
  const port = await ports.choose('web')
  const workerPort = await ports.choose('worker')
  const shop = await startShop({ environment, dataFolder, distDir: '.next-test', port, workerPorts: [workerPort], catalog, supervisor })
  const results = path.join(dataFolder, 'playwright.json')
  rmSync(results, { force: true })
  const ok = await runner(
    [program('@playwright/test/cli.js'), 'test'],
    { ...shop.environment, BASE_URL: shop.url, CHROMIUM_PATH: chromium, PLAYWRIGHT_RESULTS: results, NEXT_DIST_DIR: '.next-test' },
    signal,
  )
  return playwrightTally(results, ok)
}

async function close(): Promise<void> {
  await supervisor.stop()
  ledger.remove(process.pid)
  const { passed, failed } = sum(tallies)
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`, () => process.exit(failed === 0 ? 0 : 1))
}

try {
  const environment = testEnvironment()
  mkdirSync(dataFolder, { recursive: true })
  await ledger.takeOver()
  stopOnSignals(supervisor, () => void 0)

  // Into a folder of its own: the shop may be running from .next.
  const types = { ...environment, NEXT_DIST_DIR: '.next-types' }
  tallies.push(await check('Types of the routes', [program('next/dist/bin/next'), 'typegen'], types, signal))
  tallies.push(await check('Types', [program('typescript/bin/tsc'), '--noEmit'], environment, signal))
  tallies.push(await check('Lint', [program('oxlint/bin/oxlint'), '--deny-warnings'], environment, signal))

  const ports = new KeptPorts(dataFolder)
  const withStores = await startStores({ environment, dataFolder, durable: false, ports, supervisor })
  tallies.push(await unitAndIntegration(withStores))
  if (!short) tallies.push(await browser(withStores, ports))
} catch (error) {
  tallies.push(FAILED)
  if (!supervisor.stopping) stopWithSentence(error)
}
await close()
