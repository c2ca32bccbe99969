/** Brings the catalog to CATALOG_SIZE products, for `npm run seed` and `npm start`. @see seedCatalog.ts */
import { env } from '#lib/platform/env.ts'
import { seedCatalog, type SeedProgress } from './seedCatalog.ts'

const terminal = process.stdout.isTTY

function show({ done, total, seconds }: SeedProgress): void {
  const percent = Math.floor((100 * done) / total)
  let line =
    `seeding ${String(percent).padStart(3)} %  ${done.toLocaleString('en')} of ${total.toLocaleString('en')} products, ` +
    `${Math.round(done / seconds).toLocaleString('en')} a second`
  if (done === total) line += ', now lists, indexes and statistics'
  process.stdout.write(terminal ? `\r${line}\u001b[K` : `${line}\n`)
}

const began = performance.now()
const { added, picturesRefreshed, translationsAdded } = await seedCatalog({
  databaseUrl: env().DATABASE_URL,
  size: env().CATALOG_SIZE,
  onProgress: show,
})
const seconds = ((performance.now() - began) / 1_000).toFixed(1)
if (terminal && added > 0) process.stdout.write('\n')
if (added > 0) process.stdout.write(`seeded ${added.toLocaleString('en')} products in ${seconds} s\n`)
if (picturesRefreshed > 0)
  process.stdout.write(`gave ${picturesRefreshed.toLocaleString('en')} products their new pictures\n`)
if (translationsAdded > 0)
  process.stdout.write(`gave ${translationsAdded.toLocaleString('en')} products their names in other languages\n`)
