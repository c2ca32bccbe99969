/**
 * `npm run chaos -- --seed 7 --minutes 5`: a fleet under load, and faults that the seed draws; then every layer is compared with Postgres.
 * Without a seed one is drawn and printed. `--write` writes docs/results/chaos.md. Fails at a violation. See docs/operations/chaos.md.
 */
import { randomInt } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Fleet } from '../e2e/chaos/fleet.ts'
import { machine } from './coherence/document.ts'
import { runEnvironment } from './coherence/runEnvironment.ts'
import { say, SetupError, stopWithSentence } from './progress.mjs'
import { build } from './run/build.ts'
import { identityOfDatabase, ownerUrl, prepareCatalog } from './run/catalog.ts'
import { root } from './run/environment.ts'
import { Ledger } from './run/ledger.ts'
import { KeptPorts } from './run/ports.ts'
import { stopOnSignals } from './run/signals.ts'
import { startStores } from './run/stores.ts'
import { Supervisor } from './run/supervisor.ts'

/** The build, and the catalog that it is made from, are those of `npm run coherence`. */
const dataFolder = path.join(root, '.data/coherence')
const DIST_DIR = '.next-coherence'
const OUTPUT = path.join(root, 'docs/results/chaos.md')
const SEEDS = 1_000_000
const SHOWN_DIFFERENCES = 10

const ledger = new Ledger(dataFolder)
const supervisor = new Supervisor(ledger, (sentence) => {
  stopWithSentence(new Error(sentence))
  void close(1)
})
let fleet: Fleet | undefined

async function close(code: number): Promise<void> {
  await fleet?.close()
  await supervisor.stop()
  ledger.remove(process.pid)
  process.exit(code)
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1)
    throw new SetupError(`--${name} is a whole number from 1 on, not ${JSON.stringify(text)}.`)
  return Number(text)
}

function options(): { seed: number; minutes: number; isWritten: boolean } {
  try {
    const { values } = parseArgs({
      options: { seed: { type: 'string' }, minutes: { type: 'string', default: '5' }, write: { type: 'boolean' } },
    })
    return {
      seed: values.seed === undefined ? randomInt(1, SEEDS) : whole('seed', values.seed),
      minutes: whole('minutes', values.minutes),
      isWritten: values.write ?? false,
    }
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(
      `${error instanceof Error ? error.message.split('. ')[0] : String(error)}. Usage: npm run chaos -- [--seed N] [--minutes N] [--write]`,
    )
  }
}

/** @returns true when nothing was violated */
async function chaos(): Promise<boolean> {
  const { seed, minutes, isWritten } = options()
  const command = `npm run chaos -- --seed ${seed} --minutes ${minutes}`
  say(`  ${command}`)
  const environment = runEnvironment({})
  mkdirSync(dataFolder, { recursive: true })
  await ledger.takeOver()
  stopOnSignals(supervisor, () => void Promise.resolve(fleet?.close()).finally(() => process.exit(1)))
  const ports = new KeptPorts(dataFolder)
  const withStores = await startStores({ environment, dataFolder, durable: true, openRedis: true, ports, supervisor })
  await prepareCatalog(withStores, supervisor.signal)
  const owner = { ...withStores, DATABASE_URL: ownerUrl(withStores) }
  const catalog = await identityOfDatabase(owner.DATABASE_URL)
  const logFile = path.join(dataFolder, 'logs/build.log')
  await build({ environment: owner, distDir: DIST_DIR, catalog, logFile, signal: supervisor.signal })
  Object.assign(process.env, owner, { NEXT_DIST_DIR: DIST_DIR, BODIES_URL: withStores['CACHE_REDIS_URL'] })
  // They read the environment when they are loaded.
  const [{ startFleet }, { runChaos }, { document, summary, violationsOf }, { describe }] = await Promise.all([
    import('../e2e/chaos/fleet.ts'),
    import('../e2e/chaos/run.ts'),
    import('../e2e/chaos/report.ts'),
    import('../e2e/coherence/report.ts'),
  ])
  fleet = await startFleet(path.join(dataFolder, 'logs/chaos.log'))
  const result = await runChaos(fleet, { seed, minutes, say })
  for (const violation of result.history.verdict.violations) say(describe(violation))
  for (const difference of result.agreement.differences.slice(0, SHOWN_DIFFERENCES)) say(`  ${difference}`)
  if (isWritten) writeFileSync(OUTPUT, document(result, { machine: machine(), command: `${command} --write` }))
  say(`${summary(result)}${isWritten ? `; see ${path.relative(process.cwd(), OUTPUT)}` : ''}`)
  return violationsOf(result) === 0
}

try {
  await close((await chaos()) ? 0 : 1)
} catch (error) {
  stopWithSentence(error)
  await close(1)
}
