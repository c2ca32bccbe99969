import { test as base } from '@playwright/test'
import { Database } from './database.ts'

/** Playwright's test with a connection to the shop's database. */
export const test = base.extend<object, { database: Database }>({
  database: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from the pattern
    async ({}, use) => {
      const database = new Database()
      await use(database)
      await database.close()
    },
    { scope: 'worker' },
  ],
})

export { expect } from '@playwright/test'
