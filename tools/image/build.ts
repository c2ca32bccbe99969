/** The build of an image, where there is no database yet: on an embedded Postgres with a few products, which ends with it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { SetupError, stopWithSentence } from '../progress.mjs'
import { build } from '../run/build.ts'
import { identityOfDatabase, ownerUrl, prepareCatalog } from '../run/catalog.ts'
import { readEnvironment } from '../run/environment.ts'
import { Ledger } from '../run/ledger.ts'
import { KeptPorts } from '../run/ports.ts'
import { embeddedDatabase } from '../run/stores.ts'
import { Supervisor } from '../run/supervisor.ts'

const dataFolder = mkdtempSync(path.join(tmpdir(), 'evergreen-image-'))
mkdirSync(path.join(dataFolder, 'logs'))
const supervisor = new Supervisor(new Ledger(dataFolder), (sentence) => stopWithSentence(new SetupError(sentence)))
try {
  const ports = new KeptPorts(dataFolder)
  const given = { ...readEnvironment(), CATALOG_SIZE: '50' }
  const environment = await embeddedDatabase({ environment: given, dataFolder, durable: false, ports, supervisor })
  await prepareCatalog(environment, supervisor.signal)
  await build({
    environment,
    distDir: '.next',
    catalog: await identityOfDatabase(ownerUrl(environment)),
    logFile: path.join(dataFolder, 'logs/build.log'),
    signal: supervisor.signal,
  })
} catch (error) {
  stopWithSentence(error)
  process.exitCode = 1
} finally {
  await supervisor.stop()
  rmSync(dataFolder, { recursive: true, force: true })
}
