/** Facts of the shop that the benchmark needs: an editor's token, prices, lists. */
import type pg from 'pg'
import { shopEnvironment } from '../lib/shop.ts'
import type { BenchStores } from '../lib/stores.ts'

/** @returns a token of the admin API that may edit prices; made anew for each run, because it cannot be read again */
export async function editorToken(stores: BenchStores): Promise<string> {
  Object.assign(process.env, shopEnvironment(stores))
  const [{ ensureFirstAdmin }, { createApiToken }, { permissionsOf }, { db }] = await Promise.all([
    import('../../lib/auth/firstAdmin.ts'),
    import('../../lib/auth/apiTokens.ts'),
    import('../../lib/access/permissions.ts'),
    import('../../lib/platform/db.ts'),
  ])
  const { email } = await ensureFirstAdmin()
  const { id } = await db().user.findUniqueOrThrow({ where: { email } })
  const admin = {
    kind: 'session',
    userId: id,
    name: 'bench',
    email,
    actor: email,
    role: 'admin',
    permissions: permissionsOf('admin'),
  } as const
  const { token } = await createApiToken({ name: `bench ${Date.now()}`, role: 'admin', expiresInDays: 1 }, admin)
  await db().$disconnect()
  return token
}

/** Cents by product. */
export async function amountsOf(postgres: pg.Pool, ids: readonly number[]): Promise<Map<number, number>> {
  const { rows } = await postgres.query<{ id: number; amount: number }>(
    'SELECT product_id AS id, amount_cents AS amount FROM prices WHERE product_id = ANY($1)',
    [ids],
  )
  return new Map(rows.map(({ id, amount }) => [id, amount]))
}

/** The home page, and the first page of the category with the most products. */
export async function listPaths(postgres: pg.Pool): Promise<string[]> {
  const { rows } = await postgres.query<{ slug: string }>(
    `SELECT c.slug FROM categories c JOIN product_categories pc ON pc.category_id = c.id
     WHERE c.kind = 'category' GROUP BY c.slug ORDER BY count(*) DESC, c.slug LIMIT 1`,
  )
  return ['/en', ...rows.map(({ slug }) => `/en/categories/${slug}`)]
}
