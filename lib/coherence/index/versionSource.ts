/** The versions as Postgres has them: the truth behind the index. */
import type { Db } from '#lib/platform/db.ts'
import { FreshnessError } from '../protocol/errors.ts'
import { parseTag, tag, type TagKind, type VersionedTag } from '../protocol/tags.ts'

export interface VersionSource {
  /** @returns the version of each of `tags` that has a row; @throws {FreshnessError} SOURCE_UNAVAILABLE */
  versions(tags: string[]): Promise<ReadonlyMap<string, number>>
  /** Everything that changed in the last `seconds` or that has not been delivered to every layer yet. */
  recentChanges(seconds: number): Promise<VersionedTag[]>
}

interface Row {
  kind: TagKind
  id: number
  version: bigint
}

function wanted(tags: string[]): Record<TagKind, number[]> {
  const ids: Record<TagKind, number[]> = { price: [], product: [], category: [], catalog: [] }
  for (const text of tags) {
    const ref = parseTag(text)
    if (ref) ids[ref.kind].push(ref.id)
  }
  return ids
}

export class PostgresVersionSource implements VersionSource {
  readonly #db: () => Db

  constructor(db: () => Db) {
    this.#db = db
  }

  async versions(tags: string[]): Promise<ReadonlyMap<string, number>> {
    const ids = wanted(tags)
    const rows = await this.#query(
      () => this.#db().$queryRaw<Row[]>`
      SELECT 'price' AS kind, product_id AS id, version FROM prices WHERE product_id = ANY(${ids.price})
      UNION ALL SELECT 'product', id, version FROM products WHERE id = ANY(${ids.product})
      UNION ALL SELECT 'category', id, version FROM categories WHERE id = ANY(${ids.category})
      UNION ALL SELECT 'catalog', id, version FROM catalog_state WHERE id = ANY(${ids.catalog})`,
    )
    return new Map(rows.map((row) => [tag(row.kind, row.id), Number(row.version)]))
  }

  async recentChanges(seconds: number): Promise<VersionedTag[]> {
    const rows = await this.#query(
      () => this.#db().$queryRaw<Row[]>`
      SELECT topic::text AS kind, entity.id, max(entity.version) AS version
      FROM outbox, unnest(entity_ids, versions) AS entity(id, version)
      WHERE done_at IS NULL OR created_at > clock_timestamp() - make_interval(secs => ${seconds})
      GROUP BY 1, 2`,
    )
    return rows.map((row) => ({ kind: row.kind, id: row.id, version: Number(row.version) }))
  }

  async #query<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run()
    } catch (cause) {
      throw new FreshnessError('SOURCE_UNAVAILABLE', 'Postgres did not answer a version look-up', {
        cause,
        retryable: true,
      })
    }
  }
}
