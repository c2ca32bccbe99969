/** `npm run demo`: a guided tour. It breaks a shop of its own and shows, measured, what editors and shoppers see. */
import { parseArgs } from 'node:util'
import { demoFolder, startDemoShop, takeFolder, type DemoShop } from './demo/demoShop.ts'
import { bold, duration, pressEnter, terminalScreen } from './demo/screen.ts'
import { openTour, type Measured } from './demo/steps.ts'
import { say, SetupError, stopWithSentence } from './progress.mjs'
import { Ledger } from './run/ledger.ts'
import { stopOnSignals } from './run/signals.ts'
import { Supervisor } from './run/supervisor.ts'

const { heading, line } = terminalScreen
const USAGE = `
  npm run demo             a tour in four steps; Enter goes on
  npm run demo -- --auto   the same without waiting
`

function readOptions(): { auto: boolean; help: boolean } {
  try {
    const { values } = parseArgs({ options: { auto: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
    return { auto: values.auto ?? false, help: values.help ?? false }
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message.split('. ')[0] : String(error)}.`, USAGE)
  }
}

function printAddresses({ url, instances, edge, account }: DemoShop): void {
  const rows = [
    ['shop', url],
    ...instances.map((instance, i) => [`web ${i + 1}`, instance]),
    ...(edge === undefined ? [] : [['edge', edge]]),
    ['admin', `${url}/admin`],
    ['sign-in', `${account.email}   ${account.password}`],
  ]
  say(`\n  ${bold('A shop of the demo’s own runs.')} Open it and watch a price. Ctrl-C stops it.\n`)
  for (const [name = '', value = ''] of rows) say(`  ${name.padEnd(10)}${value}`)
}

function printSummary(all: readonly Measured[]): void {
  heading('What was measured')
  const names = [...new Set(all.flatMap(({ lags }) => lags.map(({ name }) => name)))]
  const width = Math.max(...names.map((name) => name.length))
  const columns = all.map(({ step }) => step.length + 2)
  say(`  ${''.padEnd(width)}${all.map(({ step }, i) => step.padStart(columns[i] ?? 0)).join('')}`)
  for (const name of names) {
    const cells = all.map(({ lags }, i) =>
      duration(lags.find((lag) => lag.name === name)?.ms).padStart(columns[i] ?? 0),
    )
    say(`  ${name.padEnd(width)}${cells.join('')}`)
  }
  say('')
  for (const { step, facts } of all) for (const [what, ms] of facts) line(`${step}: ${what}, ${duration(ms)}`)
  heading('Go on')
  line('npm start               a shop of your own; change a price with psql or in the back office')
  line('npm run e2e:freshness   the same questions as tests')
  line('docs/README.md          how it works: begin with the way of one edit')
}

const ledger = new Ledger(demoFolder)
const supervisor = new Supervisor(ledger, (sentence) => void end(new SetupError(sentence)))

async function end(error?: unknown): Promise<void> {
  if (error !== undefined && !supervisor.stopping) stopWithSentence(error)
  await supervisor.stop()
  ledger.remove(process.pid)
  process.exit()
}

try {
  const { auto, help } = readOptions()
  if (help) {
    say(USAGE)
    process.exit()
  }
  const waits = !auto && process.stdin.isTTY === true
  await takeFolder(ledger)
  stopOnSignals(supervisor, () => {
    ledger.remove(process.pid)
    process.exit(0)
  })
  const shop = await startDemoShop(supervisor)
  printAddresses(shop)
  const tour = await openTour(shop, supervisor.signal)
  const measured: Measured[] = []
  for (const step of [tour.oneEdit, tour.bulkEdit, tour.brokenRedis, tour.killedWorker]) {
    await pressEnter('goes on', !waits, supervisor.signal)
    supervisor.signal.throwIfAborted()
    measured.push(await step())
  }
  printSummary(measured)
  await pressEnter('stops the shop', !waits, supervisor.signal)
  await tour.close()
  if (!supervisor.stopping) await end()
} catch (error) {
  if (!supervisor.stopping) await end(error)
}
