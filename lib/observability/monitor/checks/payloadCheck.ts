/** Price payloads in Redis against Postgres. A payload belongs to one version, so another amount under it was written by hand. */
import { redisKeys } from '#lib/platform/redisKeys.ts'
import { readPriceFacts } from '#lib/catalog/prices/livePrices.ts'
import type { Finding } from '#lib/alerts/finding.ts'
import { parsePayload } from '#lib/catalog/prices/priceCache.ts'
import { type Check, MOST_NAMED, type MonitorContext, sampleProducts } from '../context.ts'
import { countRepairs } from '../metrics.ts'
import { dropPages } from '../repairs.ts'

const RECENT = 100
const RANDOM = 50

interface Poisoned {
  readonly productId: number
  readonly version: number
  readonly said: string
  readonly amountMinor: number
}

async function poisonedPayloads(
  { db, cacheRedis }: MonitorContext,
  productIds: readonly number[],
): Promise<Poisoned[]> {
  const rows = await readPriceFacts(productIds, db)
  const found = await Promise.all(
    rows.map(
      async ({
        productId,
        version,
        amountMinor,
        compareAtMinor,
        lowestMinor,
        currency,
      }): Promise<Poisoned | undefined> => {
        const text = await cacheRedis.get(redisKeys.price(productId, version))
        if (text === null) return undefined
        const price = parsePayload(text)?.price
        const right =
          price?.productId === productId &&
          price.version === version &&
          price.amountMinor === amountMinor &&
          price.compareAtMinor === compareAtMinor &&
          price.lowestMinor === lowestMinor &&
          price.currency === currency
        return right ? undefined : { productId, version, said: text.slice(0, 300), amountMinor }
      },
    ),
  )
  return found.filter((one) => one !== undefined)
}

function finding({ productId, version, said, amountMinor }: Poisoned): Finding {
  return {
    dedupKey: `payload:${productId}`,
    kind: 'poisoned-payload',
    severity: 'critical',
    summary: `The price payload of product ${productId} in Redis was not what version ${version} is in Postgres: written by hand. The monitor removed it, and the pages made since.`,
    detail: { layer: 'redis', productId, version, amountMinor, said },
  }
}

export const payloadCheck: Check = {
  name: 'payload',
  async run(context, report) {
    const { recent, random } = await sampleProducts(context.db, RECENT, RANDOM)
    const poisoned = await poisonedPayloads(context, [...new Set([...recent, ...random])])
    if (poisoned.length === 0) return []
    // Reported first: a repair that fails halfway leaves nothing behind for the next round to find.
    const findings = poisoned.slice(0, MOST_NAMED).map(finding)
    await report(findings)
    await Promise.all(
      poisoned.map(({ productId, version }) => context.cacheRedis.unlink(redisKeys.price(productId, version))),
    )
    countRepairs('payload-removed', poisoned.length)
    // A page may have been made from it before that.
    await dropPages(
      context,
      poisoned.map(({ productId }) => productId),
    )
    return findings
  },
}
