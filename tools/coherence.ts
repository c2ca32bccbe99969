/**
 * `npm run coherence -- --reads 3000000 --web 3 --faults`: a fleet of its own, a long history of reads and edits, the
 * verdict over it, and docs/results/coherence.md. With `--store-faults all`: a short history for each fault of a store or a
 * process, and docs/results/store-faults.md.
 */
import { LOCALES } from '#lib/platform/locales.ts'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { killInTurn, type Kills } from '../e2e/coherence/faults/killer.ts'
import { describe } from '../e2e/coherence/report.ts'
import { run } from '../e2e/coherence/run.ts'
import { document, type Sample } from './coherence/document.ts'
import { parseCoherenceOptions } from './coherence/options.ts'
import { runEnvironment } from './coherence/runEnvironment.ts'
import { say, stopWithSentence } from './progress.mjs'
import { checkStoreFaults, stopStoreFaults } from './coherence/storeFaults.ts'
import { identityOfDatabase, ownerUrl, prepareCatalog } from './run/catalog.ts'
import { root } from './run/environment.ts'
import { Ledger } from './run/ledger.ts'
import { KeptPorts } from './run/ports.ts'
import { startShop } from './run/shop.ts'
import { stopOnSignals } from './run/signals.ts'
import { startStores } from './run/stores.ts'
import { Supervisor } from './run/supervisor.ts'

const dataFolder = path.join(root, '.data/coherence')
const DIST_DIR = '.next-coherence'
const CLIENTS = 48
const HOT_PRODUCTS = 24
const SAMPLES = 10
const KILLS = 30

const ledger = new Ledger(dataFolder)
const supervisor = new Supervisor(ledger, (sentence) => {
  stopWithSentence(new Error(sentence))
  void close(1)
})

async function close(code: number): Promise<void> {
  await supervisor.stop()
  ledger.remove(process.pid)
  process.exit(code)
}

async function coherence(): Promise<boolean> {
  const options = parseCoherenceOptions(process.argv.slice(2))
  const environment = runEnvironment(options.stores)
  mkdirSync(dataFolder, { recursive: true })
  await ledger.takeOver()
  stopOnSignals(supervisor, () => void stopStoreFaults().finally(() => process.exit(1)))
  const ports = new KeptPorts(dataFolder)
  const withStores = await startStores({ environment, dataFolder, durable: true, openRedis: true, ports, supervisor })
  await prepareCatalog(withStores, supervisor.signal)
  const databaseUrl = ownerUrl(withStores)
  if (options.storeFaults.length > 0)
    return checkStoreFaults({ options, environment: withStores, dataFolder, distDir: DIST_DIR, supervisor })
  const workerPort = await ports.choose('worker')
  const instancePorts = await Promise.all(Array.from({ length: options.web }, (_, i) => ports.choose(`web-${i + 1}`)))
  const shop = await startShop({
    environment: withStores,
    dataFolder,
    distDir: DIST_DIR,
    port: await ports.choose('web'),
    instancePorts,
    workerPorts: [workerPort],
    ...(options.edge && { edge: { kind: options.edge, port: await ports.choose('edge') } }),
    catalog: await identityOfDatabase(databaseUrl),
    supervisor,
  })

  const samples: Sample[] = []
  let kills: Kills | undefined
  const result = await run({
    origins: [shop.url, ...shop.instances, ...(shop.edge ? [shop.edge] : [])],
    databaseUrl,
    locales: LOCALES,
    clients: CLIENTS,
    products: HOT_PRODUCTS,
    email: withStores['ADMIN_EMAIL'] ?? '',
    password: withStores['ADMIN_PASSWORD'] ?? '',
    reads: options.reads,
    readsAnEdit: options.readsAnEdit,
    async beside({ pace, outage, stop, kept }) {
      const deadline = setTimeout(stop, options.minutes * 60_000)
      const begun = performance.now()
      const sampling = (async () => {
        while (await pace.after(options.reads / SAMPLES)) {
          const seconds = (performance.now() - begun) / 1_000
          samples.push({ reads: pace.done, kept: kept(), heapMb: process.memoryUsage().heapUsed / 2 ** 20 })
          say(
            `  ${pace.done.toLocaleString('en')} reads in ${Math.round(seconds)} s, ${Math.round(pace.done / seconds)} a second`,
          )
        }
      })()
      const web = shop.instances.map((url) => `${url}/api`)
      const killing = options.faults
        ? killInTurn(
            { pace, outage },
            { web, worker: `http://127.0.0.1:${workerPort}`, reads: Math.ceil(options.reads / KILLS) },
          )
        : undefined
      kills = await killing
      await sampling
      clearTimeout(deadline)
    },
  })

  const { violations } = result.verdict
  mkdirSync(path.dirname(options.output), { recursive: true })
  writeFileSync(
    options.output,
    document({ result, options, samples, kills, clients: CLIENTS, products: HOT_PRODUCTS, locales: LOCALES }),
  )
  for (const violation of violations) say(describe(violation))
  say(
    `${result.verdict.reads.toLocaleString('en')} reads checked, ${violations.length} violations described; see ${path.relative(process.cwd(), options.output)}`,
  )
  return violations.length === 0
}

try {
  await close((await coherence()) ? 0 : 1)
} catch (error) {
  stopWithSentence(error)
  await close(1)
}
