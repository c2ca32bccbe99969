/** Ways to edit a price, each acknowledged in its own way. */
import { once } from 'node:events'
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import type pg from 'pg'
import { z } from 'zod'
import { INTERNAL_SECRET_HEADER } from '../../lib/platform/http/internalSecret.ts'
import { spread } from '../lib/popularity.ts'
import { INTERNAL_SECRET } from '../lib/shop.ts'
import type { Acknowledged } from './acknowledged.ts'

const TIMEOUT_MS = 20_000

/** Makes the i-th edit. @throws with what the store or the shop answered */
export type Edit = (i: number) => Promise<void>

const agent = new Agent({ keepAlive: true, maxSockets: Infinity })

/** As the readers ask: by `fetch` a short answer took 0.4 ms of the processor that all share, and takes 0.16 so. */
async function post(url: string, headers: Record<string, string>, body: unknown): Promise<unknown> {
  const sent = JSON.stringify(body)
  const request = httpRequest(url, {
    method: 'POST',
    agent,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent), ...headers },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const answered: Promise<IncomingMessage[]> = once(request, 'response')
  request.end(sent)
  const [response] = await answered
  const said = response ? await text(response) : ''
  if (response?.statusCode !== 200) throw new Error(`${url} answered ${response?.statusCode}: ${said.slice(0, 300)}`)
  return JSON.parse(said)
}

const at = <T>(items: readonly T[], i: number): T => {
  const item = items[i % items.length]
  if (item === undefined) throw new Error('nothing to edit')
  return item
}

/** Each of the products that are read is edited as often as the others, in no order. */
const chosen = (ids: readonly number[], i: number) => at(ids, Math.floor(spread(i) * ids.length))

/**
 * `UPDATE` past every application, as another service would write. Acknowledged with the commit, or where `revalidateAt`
 * names instances, when Next's `revalidateTag` has answered at each of them.
 */
export function sqlEdits(
  postgres: pg.Pool,
  ids: readonly number[],
  acknowledged: Acknowledged,
  revalidateAt: readonly string[] = [],
): Edit {
  return async (i) => {
    const id = chosen(ids, i)
    const { rows } = await postgres.query<{ version: string }>(
      'UPDATE prices SET amount_cents = amount_cents + CASE WHEN amount_cents % 2 = 0 THEN 1 ELSE -1 END WHERE product_id = $1 RETURNING version',
      [id],
    )
    await Promise.all(
      revalidateAt.map((url) =>
        post(
          `${url}/api/internal/revalidate`,
          { [INTERNAL_SECRET_HEADER]: INTERNAL_SECRET },
          { tags: [`price:${id}`] },
        ),
      ),
    )
    acknowledged.add(id, Number(rows[0]?.version))
  }
}

const outcome = z.object({
  state: z.string(),
  results: z.array(z.object({ productId: z.number(), status: z.string(), version: z.number().nullish() })),
})

/**
 * The admin API, spread over the instances. Acknowledged when it answers "live".
 * @param amounts cents by product, as they are now
 */
export function apiEdits(
  urls: readonly string[],
  token: string,
  amounts: ReadonlyMap<number, number>,
  acknowledged: Acknowledged,
): Edit {
  return async (i) => {
    const id = chosen([...amounts.keys()], i)
    const change = { productId: id, amountCents: Math.max(1, (amounts.get(id) ?? 0) - (i % 7)) }
    const answer = await post(
      `${at(urls, i)}/api/admin/prices`,
      { authorization: `Bearer ${token}` },
      { changes: [change], reason: 'benchmark' },
    )
    const { state, results } = outcome.parse(answer)
    const version = results[0]?.version
    if (state !== 'live') throw new Error(`the edit is ${state}`)
    if (version) acknowledged.add(id, version)
  }
}
