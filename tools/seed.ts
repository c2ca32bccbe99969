/**
 * `CATALOG_SIZE=1000000 npm run seed`: brings the catalog to so many products, in the database of DATABASE_URL, else in that of the shop
 * that runs, else in the one that `npm start` will use. A shop that runs shows them all from the commit on.
 */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { SetupError, stopWithSentence } from './progress.mjs'
import { prepareDatabase } from './run/catalog.ts'
import { checkEnvironment, readEnvironment, root, type Environment } from './run/environment.ts'
import { Ledger } from './run/ledger.ts'
import { KeptPorts } from './run/ports.ts'
import { useRunningShop } from './run/runningShop.ts'
import { stopOnSignals } from './run/signals.ts'
import { embeddedDatabase, STORE_PORTS } from './run/stores.ts'
import { Supervisor } from './run/supervisor.ts'

/** So that one checkpoint, or none, falls into the seed: after each, Postgres writes a whole page into the WAL for the first change of it. */
const SETTINGS = { max_wal_size: '4GB', checkpoint_timeout: '30min', shared_buffers: '512MB' }

const dataFolder = path.join(root, '.data')
const ledger = new Ledger(dataFolder)
const supervisor = new Supervisor(ledger, (sentence) => stopWithSentence(new SetupError(sentence)))

async function withDatabase(environment: Environment): Promise<Environment> {
  if (environment['DATABASE_URL']) return environment
  if (ledger.supervisor) {
    useRunningShop()
    return readEnvironment()
  }
  mkdirSync(dataFolder, { recursive: true })
  await ledger.takeOver()
  const ports = new KeptPorts(dataFolder)
  return embeddedDatabase({
    environment,
    dataFolder,
    durable: true,
    ports,
    preferredPorts: STORE_PORTS,
    supervisor,
    postgresSettings: SETTINGS,
  })
}

async function close(): Promise<void> {
  await supervisor.stop()
  ledger.remove(process.pid)
}

stopOnSignals(supervisor, () => void close().then(() => process.exit(1)))
try {
  const environment = readEnvironment()
  checkEnvironment(environment)
  await prepareDatabase(await withDatabase(environment), supervisor.signal)
} catch (error) {
  if (!supervisor.stopping) stopWithSentence(error)
}
await close()
// Clients of the migration wait ten seconds for more to do.
process.exit()
