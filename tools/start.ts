/** `npm start`: sets up everything that is missing and runs the shop until it is stopped. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { say, SetupError, stopWithSentence } from './progress.mjs'
import { identityOfDatabase, ownerUrl, prepareCatalog } from './run/catalog.ts'
import { checkEnvironment, portFrom, readEnvironment, root, type Environment } from './run/environment.ts'
import { Ledger } from './run/ledger.ts'
import { parseOptions } from './run/options.ts'
import { isFree, KeptPorts, requirePort } from './run/ports.ts'
import { noteRunningShop } from './run/runningShop.ts'
import { startShop, type ShopOptions } from './run/shop.ts'
import { shopTable } from './run/shopTable.ts'
import { stopOnSignals } from './run/signals.ts'
import { startStores, STORE_PORTS } from './run/stores.ts'
import { Supervisor } from './run/supervisor.ts'

const dataFolder = path.join(root, '.data')
const WORKER_PORT = 3200
const PROBER_PORT = 3300
const WEB_PORT_BASE = 3100
const EDGE_PORT = 8787

const ledger = new Ledger(dataFolder)
const supervisor = new Supervisor(ledger, (sentence) => void fail(new SetupError(sentence)))

async function fail(error: unknown): Promise<void> {
  if (supervisor.stopping) return // what failed, failed because everything is being stopped
  stopWithSentence(error)
  await supervisor.stop()
  ledger.remove(process.pid)
  process.exit(1)
}

/** The Worker on workerd where EDGE says nothing; a vendor's edge is not on this machine. */
async function chooseEdge(environment: Environment, ports: KeptPorts): Promise<ShopOptions['edge']> {
  const kind = environment['EDGE'] ?? 'local'
  if (kind !== 'local' && kind !== 'varnish') return undefined
  const given = environment['EDGE_PORT'] && portFrom(environment, 'EDGE_PORT', EDGE_PORT)
  if (given) await requirePort('EDGE_PORT', given)
  return { kind, port: given || (await ports.choose('edge', EDGE_PORT)) }
}

try {
  const options = parseOptions(process.argv.slice(2))
  const environment = readEnvironment()
  if (process.getuid?.() === 0 && environment['RUN_AS'] === undefined)
    say('  ! Web instances and workers run as root: set RUN_AS to an account without rights.')
  const port = portFrom(environment, 'PORT', 3000)
  const givenWorkerPort = environment['WORKER_PORT'] && portFrom(environment, 'WORKER_PORT', WORKER_PORT)
  checkEnvironment(environment)
  mkdirSync(dataFolder, { recursive: true })
  await ledger.takeOver()
  stopOnSignals(supervisor, () => {
    ledger.remove(process.pid)
    process.exit(0)
  })

  await requirePort('PORT', port)
  const ports = new KeptPorts(dataFolder)
  if (givenWorkerPort) await requirePort('WORKER_PORT', givenWorkerPort)
  const workerPorts = [
    givenWorkerPort || (await ports.choose('worker', (await isFree(WORKER_PORT)) ? WORKER_PORT : undefined)),
  ]
  for (let i = 2; i <= options.workers; i++) workerPorts.push(await ports.choose(`worker-${i}`, WORKER_PORT + i - 1))
  const givenProberPort = environment['PROBER_PORT'] && portFrom(environment, 'PROBER_PORT', PROBER_PORT)
  if (givenProberPort) await requirePort('PROBER_PORT', givenProberPort)
  const proberPort =
    givenProberPort || (await ports.choose('prober', (await isFree(PROBER_PORT)) ? PROBER_PORT : undefined))
  const instancePorts: number[] = []
  if (options.web > 1) {
    const base = portFrom(environment, 'WEB_PORT_BASE', WEB_PORT_BASE)
    for (let i = 0; i < options.web; i++) {
      await requirePort('WEB_PORT_BASE', base + i)
      instancePorts.push(base + i)
    }
  }

  const edge = await chooseEdge(environment, ports)
  const withStores = await startStores({
    environment,
    dataFolder,
    durable: true,
    ports,
    preferredPorts: STORE_PORTS,
    supervisor,
  })
  const { madeAdministrator } = await prepareCatalog(withStores, supervisor.signal)
  const catalog = await identityOfDatabase(ownerUrl(withStores))
  const distDir = environment['NEXT_DIST_DIR'] ?? '.next'
  const shop = await startShop({
    environment: withStores,
    dataFolder,
    distDir,
    port,
    instancePorts,
    workerPorts,
    proberPort,
    ...(edge && { edge }),
    catalog,
    supervisor,
  })
  noteRunningShop(shop.environment)
  const logs = path.relative(process.cwd(), path.join(dataFolder, 'logs'))
  say(`\n  Evergreen runs. Ctrl-C stops it.\n\n${shopTable(shop, { isFirst: madeAdministrator, logs })}\n`)
} catch (error) {
  await fail(error)
}
