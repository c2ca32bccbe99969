import { test as base, type APIRequestContext } from '@playwright/test'
import { Database } from './database.ts'
import { refusePlaceholder, watchForPlaceholders } from './placeholderMarks.ts'

/** Playwright's test with a connection to the shop's database. It fails when an answer of a server holds a placeholder. */
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
  context: async ({ context }, use) => {
    const lookedAt = watchForPlaceholders(context)
    refusePlaceholders(context.request)
    await use(context)
    await lookedAt()
  },
  request: async ({ request }, use) => {
    refusePlaceholders(request)
    await use(request)
  },
})

function refusePlaceholders(request: APIRequestContext): void {
  const fetched = request.fetch.bind(request)
  // Each method of a client ends in this one.
  request.fetch = async (...args) => {
    const response = await fetched(...args)
    refusePlaceholder(await response.text(), response.url())
    return response
  }
}

export { expect } from '@playwright/test'
