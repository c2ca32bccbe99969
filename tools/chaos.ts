/**
 * `npm run chaos -- --seed 7 --minutes 5`: a fleet under load, and faults that the seed draws; then every layer is compared with Postgres.
 * Without a seed one is drawn and printed. `--write` writes docs/results/chaos.md. Fails at a violation.
 * `--prove` makes defects on purpose, without faults, and fails when one is not found. See docs/operations/chaos.md.
 */
import { randomInt } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
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
let fleet: Pick<Fleet, 'close'> | undefined

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

interface Options {
  readonly seed: number
  readonly minutes: number
  readonly isWritten: boolean
  readonly isProof: boolean
}

function options(): Options {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string' },
        minutes: { type: 'string', default: '5' },
        write: { type: 'boolean' },
        prove: { type: 'boolean' },
      },
    })
    return {
      seed: values.seed === undefined ? randomInt(1, SEEDS) : whole('seed', values.seed),
      minutes: whole('minutes', values.minutes),
      isWritten: values.write ?? false,
      isProof: values.prove ?? false,
    }
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(
      `${error instanceof Error ? error.message.split('. ')[0] : String(error)}. Usage: npm run chaos -- [--seed N] [--minutes N] [--write] [--prove]`,
    )
  }
}

const logFile = path.join(dataFolder, 'logs/chaos.log')

/** The build and its environment, for modules that read it when they are loaded. */
async function prepare(): Promise<void> {
  const environment = runEnvironment({})
  mkdirSync(dataFolder, { recursive: true })
  await ledger.takeOver()
  stopOnSignals(supervisor, () => void Promise.resolve(fleet?.close()).finally(() => process.exit(1)))
  const ports = new KeptPorts(dataFolder)
  const withStores = await startStores({ environment, dataFolder, durable: true, openRedis: true, ports, supervisor })
  await prepareCatalog(withStores, supervisor.signal)
  const owner = { ...withStores, DATABASE_URL: ownerUrl(withStores) }
  const catalog = await identityOfDatabase(owner.DATABASE_URL)
  const buildLog = path.join(dataFolder, 'logs/build.log')
  await build({ environment: owner, distDir: DIST_DIR, catalog, logFile: buildLog, signal: supervisor.signal })
  Object.assign(process.env, owner, { NEXT_DIST_DIR: DIST_DIR, BODIES_URL: withStores['CACHE_REDIS_URL'] })
}

/** @returns true when nothing was violated */
async function faults({ seed, minutes, isWritten }: Options): Promise<boolean> {
  const command = `npm run chaos -- --seed ${seed} --minutes ${minutes}`
  say(`  ${command}`)
  await prepare()
  const [{ startFleet }, { DISK_FAULTS, KINDS }, { canMakeDisks }, { runChaos }, report, { describe }] =
    await Promise.all([
      import('../e2e/chaos/fleet.ts'),
      import('../e2e/chaos/draw.ts'),
      import('../e2e/lease/servers/smallDisk.ts'),
      import('../e2e/chaos/run.ts'),
      import('../e2e/chaos/report.ts'),
      import('../e2e/coherence/report.ts'),
    ])
  const hasDisks = canMakeDisks()
  const kinds = KINDS.filter((kind) => hasDisks || !DISK_FAULTS.includes(kind))
  if (!hasDisks) say(`  Left out: ${DISK_FAULTS.join(', ')}. They need root on Linux, which may mount a file system.`)
  const load = () => loadavg()[0] ?? 0
  const before = load()
  const started = await startFleet({ logFile, hasDisks })
  fleet = started
  const result = await runChaos(started, { seed, minutes, kinds, say })
  for (const violation of result.history.verdict.violations) say(describe(violation))
  for (const difference of result.agreement.differences.slice(0, SHOWN_DIFFERENCES)) say(`  ${difference}`)
  if (isWritten) {
    const circumstances = { machine: machine(), command: `${command} --write`, load: [before, load()] } as const
    writeFileSync(OUTPUT, report.document(result, circumstances))
  }
  say(`${report.summary(result)}${isWritten ? `; see ${path.relative(process.cwd(), OUTPUT)}` : ''}`)
  return report.violationsOf(result) === 0
}

/** @returns true when each defect was found */
async function proof(): Promise<boolean> {
  await prepare()
  const { provenFleet } = await import('../e2e/chaos/prove.ts')
  const proven = await provenFleet(logFile)
  fleet = proven
  const proofs = await proven.prove()
  for (const { what, by, found } of proofs)
    say(`  ${found ? 'found' : 'NOT FOUND'}, ${by}: ${what}${found ? `\n    ${found.replaceAll('\n', '\n    ')}` : ''}`)
  const count = proofs.filter(({ found }) => found !== undefined).length
  say(`${count} of ${proofs.length} found`)
  return count === proofs.length
}

try {
  const given = options()
  await close((await (given.isProof ? proof() : faults(given))) ? 0 : 1)
} catch (error) {
  stopWithSentence(error)
  await close(1)
}
