/** An edit, acknowledged: in our shop by the writer of the back office, with the others by the usual recipe. */
import type pg from 'pg'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import type { Subject } from '../../lib/coherence/conformance/fleet.ts'
import { INTERNAL_SECRET_HEADER } from '../../lib/platform/http/internalSecret.ts'
import type { WebInstance } from './instances.ts'
import { INTERNAL_SECRET, shopEnvironment } from './shop.ts'
import type { BenchStores } from './stores.ts'

/** @param at the instance that the admin's request reached */
export type Edit = (productId: number, at: WebInstance) => Promise<void>

export async function editsFor(subject: Subject, postgres: pg.Pool, stores: BenchStores): Promise<Edit> {
  Object.assign(process.env, shopEnvironment(stores))
  if (subject === ours) {
    const { changePrices } = await import('../../lib/pricing/changePrices.ts')
    const { shellPrincipal } = await import('../../lib/access/principal.ts')
    const { versionIndex } = await import('../../lib/catalog/coherence.ts')
    await versionIndex().connect()
    return async (productId) => {
      const { rows } = await postgres.query<{ amount_cents: number }>(
        'SELECT amount_cents FROM prices WHERE product_id = $1',
        [productId],
      )
      const amountMinor = Math.max(1, (rows[0]?.amount_cents ?? 0) - 1)
      const { state } = await changePrices(shellPrincipal('bench'), {
        changes: [{ productId, amountMinor }],
        reason: 'benchmark',
        source: 'api',
      })
      if (state !== 'live') throw new Error(`the edit of ${productId} was not acknowledged as live`)
    }
  }
  return async (productId, at) => {
    await postgres.query('UPDATE prices SET amount_cents = greatest(1, amount_cents - 1) WHERE product_id = $1', [
      productId,
    ])
    const response = await fetch(`${at.url}/api/internal/revalidate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [INTERNAL_SECRET_HEADER]: INTERNAL_SECRET },
      body: JSON.stringify({ tags: [`price:${productId}`] }),
    })
    if (!response.ok) throw new Error(`revalidation was refused with ${response.status}`)
    await response.arrayBuffer()
  }
}
