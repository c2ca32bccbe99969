/** `npm start`: sets up everything that is missing and runs the shop until it is told to stop. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { say, SetupError, stopWithSentence } from './progress.mjs'
import { identityOfDatabase, ownerUrl, prepareCatalog } from './run/catalog.ts'
import { portFrom, readEnvironment, root, type Environment } from './run/environment.ts'
import { Ledger } from './run/ledger.ts'
import { parseOptions } from './run/options.ts'
import { isFree, KeptPorts, requirePort } from './run/ports.ts'
import { noteRunningShop } from './run/runningShop.ts'
import { startShop, type Shop, type ShopOptions } from './run/shop.ts'
import { stopOnSignals } from './run/signals.ts'
import { startStores } from './run/stores.ts'
import { Supervisor } from './run/supervisor.ts'

const dataFolder = path.join(root, '.data')
const WORKER_PORT = 3200
const PROBER_PORT = 3300
const WEB_PORT_BASE = 3100
const EDGE_PORT = 8787
/** Easy to remember, and far from the usual ports, which belong to servers of the machine. */
const STORE_PORTS = { postgres: 54_320, redis: 63_790 }

/** @param isFirst whether the administrator was made by this start: the output of later ones has no secret */
function printTable({ url, instances, edge, environment }: Shop, isFirst: boolean): void {
  const password = isFirst ? environment['ADMIN_PASSWORD'] : 'with ADMIN_PASSWORD of .env, unless it was changed'
  const rows = [
    ['shop', url],
    ...(edge ? [['edge', edge]] : []),
    ...instances.map((instance, i) => [`web ${i + 1}`, instance]),
    ['admin', `${url}/admin`],
    ['sign-in', `${environment['ADMIN_EMAIL'] ?? 'admin@evergreen.example'}   ${password}`],
    ['logs', path.relative(process.cwd(), path.join(dataFolder, 'logs'))],
  ]
  say('\n  Evergreen runs. Ctrl-C stops it.\n')
  for (const [name = '', value = ''] of rows) say(`  ${name.padEnd(10)}${value}`)
  say('')
}

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
  const port = portFrom(environment, 'PORT', 3000)
  const givenWorkerPort = environment['WORKER_PORT'] && portFrom(environment, 'WORKER_PORT', WORKER_PORT)
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
  printTable(shop, madeAdministrator)
} catch (error) {
  await fail(error)
}
