/** Reads product pages through the edge until it shows what was published. */
import { setTimeout as wait } from 'node:timers/promises'
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import type { VersionedTag } from '#lib/coherence/index.ts'
import type { Db } from '#lib/platform/db.ts'
import { pageVersions } from '#lib/catalog/pageStatement.ts'

/** Pages of one call, the first pause in milliseconds, and how long all may take. */
const VERIFY = { pages: 8, firstMs: 25, inAllMs: 3_000 }

/**
 * @param expected the versions that were published; those of prices are looked for on their products' pages
 * @returns how many pages were read
 * @throws when the edge does not show the versions within three seconds
 */
export async function readThroughEdge(db: Db, edge: EdgePort, expected: readonly VersionedTag[]): Promise<number> {
  const wanted = new Map(expected.filter(({ kind }) => kind === 'price').map(({ id, version }) => [id, version]))
  const products = await db.product.findMany({
    where: { id: { in: [...wanted.keys()] }, status: 'active' },
    select: { id: true, slug: true },
    orderBy: [{ rank: 'asc' }, { id: 'asc' }],
    take: VERIFY.pages,
  })
  const until = performance.now() + VERIFY.inAllMs
  await Promise.all(
    products.map(async ({ id, slug }) => {
      const path = `/en/products/${slug}`
      for (let pauseMs = VERIFY.firstMs; ; pauseMs *= 2) {
        const { status, body, cache } = await edge.read(path)
        const version = pageVersions(body).get(id) ?? 0
        if (version >= (wanted.get(id) ?? 0)) return
        if (performance.now() + pauseMs > until)
          throw new Error(
            `${edge.name}: purged, and ${path} still shows version ${version}, not ${wanted.get(id)} (${status}, x-cache ${cache})`,
          )
        await wait(pauseMs)
      }
    }),
  )
  return products.length
}
