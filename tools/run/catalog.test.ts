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

test('npm run seed brings the database of DATABASE_URL to CATALOG_SIZE products', async () => {
  const database = await freshDatabase()
  try {
    await promisify(execFile)(process.execPath, [path.join(root, 'tools/seed.ts')], {
      env: { ...process.env, DATABASE_URL: database.url, MIGRATION_DATABASE_URL: database.url, CATALOG_SIZE: '10' },
    })
    expect(await query(database.url, 'SELECT count(*)::int AS products FROM products')).toEqual([{ products: 10 }])
  } finally {
    await database.drop()
  }
})
