/** All prices of the catalog in one statement. */
import { parseVersionedTag } from '../../lib/coherence/tags.ts'
import { Visitors } from '../edits/visit.ts'
import { currentVersions } from '../lib/pages.ts'
import { pooled } from '../lib/pooled.ts'
import type { Row } from '../../tools/figures/markdownTable.ts'
import { alertsSince, databaseNow, seconds, type Site, until } from './site.ts'

const AT_ONCE = 4
const GIVE_UP_MS = 60_000

/** @param size how many prices there are */
export async function oneStatement(site: Site, size: number): Promise<Row[]> {
  const { postgres, webUrl, edgeUrl, products } = site
  const visitors = new Visitors()
  const urls = (origin: string) => products.map(({ path }) => origin + path)
  for (const url of [...urls(webUrl), ...urls(edgeUrl)]) await visitors.visit(url, () => false)
  const since = await databaseNow(postgres)
  const client = await postgres.connect()
  const began = performance.now()
  await client.query('BEGIN')
  await client.query(
    'UPDATE prices SET amount_cents = amount_cents + CASE WHEN amount_cents % 2 = 0 THEN 1 ELSE -1 END WHERE currency IS NOT NULL',
  )
  await client.query('COMMIT')
  const committed = performance.now()
  client.release()
  const current = await currentVersions(
    postgres,
    products.map(({ id }) => id),
  )

  /** Reads all pages again and again. @returns when the last read that showed something old began, after the commit */
  async function lastOld(all: readonly string[]): Promise<{ ms: number | undefined; errors: number }> {
    let errors = 0
    let last = 0
    while (performance.now() - committed < GIVE_UP_MS) {
      let old = 0
      await pooled(all, AT_ONCE, async (url) => {
        const { tags, error, start } = await visitors.visit(url, () => false)
        if (error) errors++
        const shown = tags.split(',').flatMap((text) => parseVersionedTag(text) ?? [])
        const prices = shown.filter(({ kind }) => kind === 'price')
        if (error || prices.length === 0 || prices.some(({ id, version }) => version < (current.get(id) ?? 0))) {
          old++
          last = Math.max(last, start - committed)
        }
      })
      if (old === 0) return { ms: last, errors }
    }
    return { ms: undefined, errors }
  }

  const [indexed, done, web, edge] = await Promise.all([
    until(postgres, 'indexed_at IS NULL', committed),
    until(postgres, 'done_at IS NULL', committed),
    lastOld(urls(webUrl)),
    lastOld(urls(edgeUrl)),
  ])
  visitors.close()
  const { rows } = await postgres.query<{ term: string; reason: string }>('SELECT term::text, reason FROM index_term')
  return [
    ['prices changed', size],
    ['the statement took', seconds(committed - began)],
    ['in the index, after the commit', seconds(indexed)],
    [
      `pages of ${products.length} products at the web instance: the last read that showed something old began`,
      seconds(web.ms),
    ],
    ['reads there that failed', web.errors],
    ['the same at the edge', seconds(edge.ms)],
    ['reads there that failed', edge.errors],
    ['outbox empty, after the commit', seconds(done)],
    ['term of the index', `${rows[0]?.term} (${rows[0]?.reason})`],
    await alertsSince(postgres, since),
  ]
}
