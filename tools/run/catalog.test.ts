import { expect, test } from 'vitest'
import { freshDatabase } from '#lib/platform/testing/database.ts'
import { prepareCatalog } from './catalog.ts'

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
