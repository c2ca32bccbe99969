import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { freshDatabase } from '#lib/platform/testing/database.ts'
import { prepareCatalog, query } from './catalog.ts'
import { root } from './environment.ts'

test('says that the administrator was made by the first start alone: only that one prints the password', async () => {
  const database = await freshDatabase()
  try {
    const environment = { DATABASE_URL: database.url, MIGRATION_DATABASE_URL: database.url, CATALOG_SIZE: '10' }
    const prepare = () => prepareCatalog(environment, AbortSignal.timeout(60_000))
    expect(await prepare()).toEqual({ madeAdministrator: true })
    expect(await prepare()).toEqual({ madeAdministrator: false })
  } finally {
    await database.drop()
  }
})

test('npm run seed brings the database of DATABASE_URL to CATALOG_SIZE products, and says how far it is', async () => {
  const database = await freshDatabase()
  const seed = (program: string, size: number) =>
    promisify(execFile)(process.execPath, [path.join(root, program)], {
      env: {
        ...process.env,
        DATABASE_URL: database.url,
        MIGRATION_DATABASE_URL: database.url,
        CATALOG_SIZE: String(size),
      },
    })
  try {
    expect((await seed('tools/seed.ts', 10)).stdout).toContain('✓ Seeding the catalog')
    // What that step shows behind its title after two seconds.
    expect((await seed('prisma/seed/index.ts', 30)).stdout).toMatch(
      /^seeding 100 % {2}20 of 20 products, [\d,]+ a second, now lists, indexes and statistics\nseeded 20 products in [\d.]+ s\n$/,
    )
    expect(await query(database.url, 'SELECT count(*)::int AS products FROM products')).toEqual([{ products: 30 }])
  } finally {
    await database.drop()
  }
})
