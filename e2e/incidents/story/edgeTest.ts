/** Playwright's test with a shop behind the Worker on workerd, which the stories of the edge share: its start costs ten seconds. */
import { expect, test as base } from '@playwright/test'
import { ask, startEdgeShop, type EdgeShop } from '../../edge/edgeShop.ts'

const PRODUCTS = 320

export const test = base.extend<object, { edge: EdgeShop }>({
  edge: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from the pattern
    async ({}, use) => {
      const edge = await startEdgeShop('local', { products: PRODUCTS })
      // Before it has heard that its index is complete, it keeps nothing.
      await expect.poll(async () => (await ask(`${edge.url}/en`)).cache, { timeout: 30_000 }).toBe('HIT edge')
      await use(edge)
      await edge.stop()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

/** Asks for each until the edge keeps it: a page that it does not keep could not be stale. */
export async function keptAtEdge({ url }: EdgeShop, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await ask(url + path)
    await expect.poll(async () => (await ask(url + path)).cache, { timeout: 15_000, message: path }).toBe('HIT edge')
  }
}

export { expect }
