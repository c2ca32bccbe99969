/** The first container of a start: migrations, the rights of the application, catalog, administrator. Run before, it changes nothing. */
import { stopWithSentence } from '../progress.mjs'
import { prepareCatalog } from '../run/catalog.ts'
import { readEnvironment } from '../run/environment.ts'

const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stop.abort())
try {
  await prepareCatalog(readEnvironment(), stop.signal)
} catch (error) {
  stopWithSentence(error)
  process.exit(1)
}
