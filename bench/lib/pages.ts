/** The statements of a page about itself, and those of Postgres about it. */
import type pg from 'pg'

type Postgres = pg.Client | pg.Pool

export interface PageStatement {
  /** By product. */
  readonly versions: ReadonlyMap<number, number>
  readonly renderedAt: string
}

export interface PageReading extends PageStatement {
  readonly status: number
  readonly cache: string
  readonly ms: number
}

/** The statements in the head of the page. */
export function statementOf(html: string): PageStatement {
  const meta = (name: string) => new RegExp(`<meta name="${name}" content="([^"]*)"`).exec(html)?.[1] ?? ''
  const versions = new Map(
    meta('price-version')
      .split(' ')
      .filter(Boolean)
      .map((text) => {
        const [id = '', version = ''] = text.split('@')
        return [Number(id), Number(version)]
      }),
  )
  return { versions, renderedAt: meta('rendered-at') }
}

export async function readPage(url: string): Promise<PageReading> {
  const start = performance.now()
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) })
  const html = await response.text()
  return {
    ...statementOf(html),
    status: response.status,
    cache: response.headers.get('x-cache') ?? '',
    ms: performance.now() - start,
  }
}

export interface ProductRef {
  readonly id: number
  readonly path: string
}

export async function someProducts(postgres: Postgres, count: number): Promise<ProductRef[]> {
  const { rows } = await postgres.query<{ id: number; slug: string }>(
    `SELECT id, slug FROM products WHERE status = 'active' ORDER BY md5(id::text) LIMIT $1`,
    [count],
  )
  return rows.map(({ id, slug }) => ({ id, path: `/en/products/${slug}` }))
}

/** @param ids of the products; all of them unless given */
export async function currentVersions(postgres: Postgres, ids?: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await postgres.query<{ product_id: number; version: string }>(
    'SELECT product_id, version FROM prices WHERE $1::int[] IS NULL OR product_id = ANY($1)',
    [ids ?? null],
  )
  return new Map(rows.map((row) => [row.product_id, Number(row.version)]))
}

/** True when the page shows any price older than `current`. */
export function isStale({ versions }: PageReading, current: ReadonlyMap<number, number>): boolean {
  return [...versions].some(([id, version]) => version < (current.get(id) ?? 0))
}
