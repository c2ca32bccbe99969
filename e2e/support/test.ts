import { expect, test as base } from '@playwright/test'
import { Database } from './database.ts'

/**
 * Playwright's test with a connection to the shop's database. In each browser the policy of a page allows all that the page does: what
 * it keeps from running or loading fails the test.
 */
export const test = base.extend<object, { database: Database }>({
  context: async ({ context }, use) => {
    const refused: string[] = []
    context.on('console', (message) => {
      if (/Content[- ]Security[- ]Policy/i.test(message.text())) refused.push(message.text())
    })
    await use(context)
    expect(refused).toEqual([])
  },
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
