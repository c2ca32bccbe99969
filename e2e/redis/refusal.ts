/** A Redis that answers with an error: edits are saved and answered truthfully, reads are right, and all heals by itself. */
import { expect } from 'vitest'
import { versionIndex } from '#lib/catalog/coherence.ts'
import { livePrices } from '#lib/catalog/prices/livePrices.ts'
import { keys } from '#lib/coherence/index.ts'
import type { Shop } from './redisSuite.ts'

/** An edit, which asks Redis more than once, and a read. */
const ANSWERS_WITHIN_MS = 4_000
const HEALS_WITHIN_MS = 12_000
const PRODUCT = 5
/** Nothing changes its price. */
const CALM = 7

export interface Refusal {
  /** Makes Redis answer so. */
  readonly begin: () => Promise<unknown>
  /** A command whose answer is the error, past the shop. */
  readonly refused: () => Promise<unknown>
  readonly end: () => Promise<unknown>
}

/** The commands of a check, as the index sends them. */
export const CHECKED = [keys.epoch, keys.tag(`price:${PRODUCT}`)] as const

const held = async () => (await versionIndex().held([{ kind: 'price', id: PRODUCT }]))[0]

/** @param code what Redis says, such as `CLUSTERDOWN` */
export async function expectSurvived(shop: Shop, code: string, { begin, refused, end }: Refusal): Promise<void> {
  await shop.liveEdit(PRODUCT)
  await begin()
  let ended = false
  try {
    await expect(refused()).rejects.toThrow(code)
    const started = performance.now()
    const { state, results } = await shop.edit(PRODUCT)
    const row = await shop.database().db.price.findUniqueOrThrow({ where: { productId: PRODUCT } })
    expect([results[0]?.status, results[0]?.version]).toEqual(['changed', Number(row.version)])
    if (state === 'live') expect(await held()).toBe(Number(row.version))
    expect(await livePrices([CALM])).toHaveLength(1)
    expect(performance.now() - started).toBeLessThan(ANSWERS_WITHIN_MS)
    // This one waits until no process can show less.
    const [price] = await livePrices([PRODUCT])
    expect([price?.version, price?.amountMinor]).toEqual([Number(row.version), Number(row.amountMinor)])
    await end()
    ended = true
    const healed = performance.now()
    await shop.trusted()
    await shop.liveEdit(PRODUCT)
    expect(performance.now() - healed).toBeLessThan(HEALS_WITHIN_MS)
    const { version } = await shop.database().db.price.findUniqueOrThrow({ where: { productId: PRODUCT } })
    expect(await held()).toBe(Number(version))
  } finally {
    if (!ended) await end()
  }
}
