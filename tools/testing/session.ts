/** The steps of every command that runs tests: a data folder and ports of its own, the stores, the runners, the closing line. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { say, SetupError, stopWithSentence } from '../progress.mjs'
import { ownerUrl } from '../run/catalog.ts'
import { root, type Environment } from '../run/environment.ts'
import { Ledger } from '../run/ledger.ts'
import { KeptPorts } from '../run/ports.ts'
import { startShop } from '../run/shop.ts'
import { stopOnSignals } from '../run/signals.ts'
import { startStores } from '../run/stores.ts'
import { Supervisor } from '../run/supervisor.ts'
import { chromiumPath, headlessPath } from '../services/chromium.ts'
import { firefoxPath } from '../services/firefox.ts'
import { refusedByRedis } from '../services/redisUsers.ts'
import { freshCatalog } from './catalog.ts'
import { isolatedEnvironment } from './environment.ts'
import { browserRuns } from './phases.ts'
import type { LongTest } from './profile.ts'
import { installMissing, OF_UNIT_TESTS, programsOf } from './programs.ts'
import { redisServers } from './redisServers.ts'
import { check, program, runner } from './runner.ts'
import { closing, failed, PASSED, playwrightTally, sum, vitestTally, type Tally } from './tally.ts'

const dataFolder = path.join(root, '.data/test')
/** Apart from the shop, which may be running from .next. */
const DIST_DIR = '.next-test'
/** The number of placeholders shown of a run. */
const MOST_SHOWN = 20

export interface Session {
  /** Installs the programs that are missing. It may run beside checks, which leave network and disk alone. */
  install(tests: { readonly browser: boolean }): Promise<void>
  /** Runs a check that is one test, such as the types. @param args of Node, from node_modules */
  check(title: string, args: readonly string[]): Promise<void>
  /** Starts Postgres and Redis for the tests that follow. */
  startStores(): Promise<void>
  /** Vitest. @param args its own, such as the name of a file */
  unit(args?: readonly string[]): Promise<void>
  /**
   * Builds and starts the shop, then runs Playwright on it.
   * @param args its own, such as the name of a file
   * @param report `answers` prints what each test measured
   */
  browser(args?: readonly string[], report?: 'list' | 'answers'): Promise<void>
  /** Runs a command with stores of its own that is one test, its output on this terminal. */
  long(test: LongTest): Promise<void>
}

/** Tests make databases, and write what the shop never does. A shop of their own has one Redis. */
function asOwner(environment: Environment): Environment {
  const { REDIS_URL_WEB: _web, REDIS_URL_WORKER: _worker, CACHE_REDIS_URL: _bodies, ...rest } = environment
  return { ...rest, DATABASE_URL: ownerUrl(environment) }
}

/**
 * Runs `steps` and closes with the failed tests and `N passed, N failed`, and `N skipped` where there are any; the process then ends with 1 when something failed.
 * @throws {SetupError} when another test run holds the data folder
 */
export async function testSession(steps: (session: Session) => Promise<void>): Promise<void> {
  const tallies: Tally[] = []
  const ledger = new Ledger(dataFolder)
  const supervisor = new Supervisor(ledger, (sentence) => {
    tallies.push(failed(sentence))
    stopWithSentence(new SetupError(sentence))
  })
  const { signal } = supervisor
  let environment: Environment = {
    ...isolatedEnvironment(),
    // The tests start some hundred processes of the same files: compiled once, each needs a fifth less of the processor until it answers.
    NODE_COMPILE_CACHE: path.join(dataFolder, 'compiled'),
  }
  const ports = new KeptPorts(dataFolder)

  const session: Session = {
    install: ({ browser }) => installMissing(programsOf(environment, browser), signal),
    async check(title, args) {
      const [file = '', ...rest] = args
      tallies.push(
        await check(title, [program(file), ...rest], { ...environment, NEXT_DIST_DIR: '.next-types' }, signal),
      )
    },
    async long({ title, args }) {
      if (supervisor.stopping) return
      say(`\n${title}`)
      tallies.push((await runner(args, environment, signal)) ? PASSED : failed(title))
    },
    async startStores() {
      environment = await startStores({ environment, dataFolder, durable: false, openRedis: true, ports, supervisor })
    },
    async unit(args = []) {
      await installMissing(OF_UNIT_TESTS, signal)
      const results = path.join(dataFolder, 'vitest.json')
      rmSync(results, { force: true })
      const ok = await runner(
        [
          program('vitest/vitest.mjs'),
          'run',
          '--reporter=default',
          '--reporter=json',
          `--outputFile=${results}`,
          ...args,
        ],
        asOwner(environment),
        signal,
      )
      tallies.push(vitestTally(results, ok))
    },
    async browser(args = [], report = 'list') {
      const chromium = await headlessPath(environment, signal)
      const withWindow = await chromiumPath(environment, signal)
      // Without it the tests that need it fail.
      const firefox = await firefoxPath(environment, signal).catch((error: unknown) => {
        if (!(error instanceof SetupError)) throw error
        say(`  ${error.message}`)
        return ''
      })
      const catalog = await freshCatalog(environment, dataFolder, signal)
      const found = path.join(dataFolder, 'placeholders.log')
      rmSync(found, { force: true })
      const recorded = {
        ...environment,
        NODE_OPTIONS: `--import=${pathToFileURL(path.join(import.meta.dirname, 'answerRecorder.mjs')).href}`,
        PLACEHOLDERS_FOUND: found,
      }
      const port = await ports.choose('web')
      const workerPort = await ports.choose('worker')
      const shop = await startShop({
        environment: recorded,
        dataFolder,
        distDir: DIST_DIR,
        port,
        workerPorts: [workerPort],
        catalog,
        supervisor,
      })
      for (const run of browserRuns(args)) {
        const results = path.join(dataFolder, 'playwright.json')
        rmSync(results, { force: true })
        const ok = await runner(
          [program('@playwright/test/cli.js'), 'test', ...run],
          {
            ...asOwner(shop.environment),
            BODIES_URL: redisServers(environment)[1] ?? '',
            BASE_URL: shop.url,
            CHROMIUM_PATH: chromium,
            WINDOW_CHROMIUM_PATH: withWindow,
            FIREFOX_PATH: firefox,
            TEST_REPORT: report,
            PLAYWRIGHT_RESULTS: results,
            NEXT_DIST_DIR: DIST_DIR,
          },
          signal,
        )
        tallies.push(playwrightTally(results, ok))
        if (supervisor.stopping) return
      }
      const refused = (await Promise.all(redisServers(environment).map(refusedByRedis))).flat()
      if (refused.length > 0) {
        tallies.push(failed('Redis refused the shop something'))
        say(`Redis refused the shop what it needs, or the shop asked for what it must not:\n${refused.join('\n')}`)
      }
      if (!existsSync(found)) return
      tallies.push(failed('Placeholders left a server'))
      say(
        `Placeholders left a server:\n${readFileSync(found, 'utf8').trim().split('\n').slice(0, MOST_SHOWN).join('\n')}`,
      )
    },
  }

  try {
    mkdirSync(dataFolder, { recursive: true })
    await ledger.takeOver()
    stopOnSignals(supervisor, () => void 0)
    await steps(session)
  } catch (error) {
    tallies.push(failed(error instanceof Error ? error.message : String(error)))
    if (!supervisor.stopping) stopWithSentence(error)
  }
  await supervisor.stop()
  ledger.remove(process.pid)
  const all = sum(tallies)
  process.stdout.write(`\n${closing(all)}\n`, () => process.exit(all.failures.length === 0 ? 0 : 1))
}
