/** A Redis that answers with an error: edits are saved and tell the truth, reads are right, and all heals by itself. */
import { expect, vi } from 'vitest'
import { versionIndex } from '#lib/catalog/coherence.ts'
import { livePrices } from '#lib/catalog/prices/livePrices.ts'
import { keys } from '#lib/coherence/index.ts'
import type { Shop } from './redisSuite.ts'

/** The same bounds as of a failover. */
const ANSWERS_WITHIN_MS = 2_000
const HEALS_WITHIN_MS = 8_000
const PRODUCT = 5

export interface Refusal {
  /** Makes Redis answer so. */
  readonly begin: () => Promise<unknown>
  /** A command whose answer is the error, past the shop. */
  readonly refused: () => Promise<unknown>
  readonly end: () => Promise<unknown>
}

/** The commands of a check, as the index sends them. */
export const CHECKED = [keys.epoch, keys.tag(`price:${PRODUCT}`)] as const

/** @param code what Redis says, such as `CLUSTERDOWN` */
export async function expectSurvived(shop: Shop, code: string, { begin, refused, end }: Refusal): Promise<void> {
  const before = await shop.edit(PRODUCT)
  expect(before.state).toBe('live')
  await begin()
  let ended = false
  try {
    await expect(refused()).rejects.toThrow(code)
    for (let i = 0; i < 3; i++) {
      const started = performance.now()
      const { state, results } = await shop.edit(PRODUCT)
      const [row] = await shop.database().db.price.findMany({ where: { productId: PRODUCT } })
      expect([results[0]?.status, Number(row?.version)]).toEqual(['changed', results[0]?.version])
      // "Live" is only said where every reader of the fleet sees it; here all readers ask Postgres, or the index has it.
      expect(['live', 'propagating']).toContain(state)
      const [price] = await livePrices([PRODUCT])
      expect([price?.version, price?.amountMinor]).toEqual([Number(row?.version), Number(row?.amountMinor)])
      expect(performance.now() - started).toBeLessThan(2 * ANSWERS_WITHIN_MS)
    }
    await end()
    ended = true
    const healed = performance.now()
    await shop.trusted()
    await vi.waitUntil(async () => (await shop.edit(PRODUCT)).state === 'live', { timeout: HEALS_WITHIN_MS })
    expect(performance.now() - healed).toBeLessThan(HEALS_WITHIN_MS)
    const { version } = await shop.database().db.price.findUniqueOrThrow({ where: { productId: PRODUCT } })
    expect(await versionIndex().held([{ kind: 'price', id: PRODUCT }])).toEqual([Number(version)])
  } finally {
    if (!ended) await end()
  }
}
