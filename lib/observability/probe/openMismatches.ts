/** What a prober that is gone had found wrong, from its alerts: the next one must not call it right without a look. */
import type { Db } from '#lib/platform/db.ts'
import type { ProbeTask } from './reading.ts'
import type { ProbeTarget } from './targets.ts'

export interface OpenMismatch {
  /** As `placeOf` says it. */
  readonly place: string
  readonly task: ProbeTask
}

/** @param scope of the alerts @param targets places of others are left out: nobody looks there any more */
export async function openMismatches(db: Db, scope: string, targets: readonly ProbeTarget[]): Promise<OpenMismatch[]> {
  const alerts = await db.alert.findMany({
    where: { resolvedAt: null, kind: 'probe-mismatch', dedupKey: { startsWith: `${scope}/` } },
    select: { dedupKey: true },
  })
  const found = alerts.flatMap(({ dedupKey }) => {
    const place = dedupKey.slice(scope.length + 1)
    const target = targets.find(({ layer, name }) => place.startsWith(`${layer}:${name}:/`))
    const path = target && place.slice(`${target.layer}:${target.name}:`.length, place.lastIndexOf(':'))
    return target && path ? [{ place, target, path, slug: /^\/[a-z]+\/products\/([^/]+)$/.exec(path)?.[1] }] : []
  })
  const products = await db.product.findMany({
    where: { slug: { in: found.flatMap(({ slug }) => slug ?? []) } },
    select: { id: true, slug: true },
  })
  const ids = new Map(products.map(({ id, slug }) => [slug, id]))
  return found.map(({ place, target, path, slug }) => ({
    place,
    task: {
      target,
      path,
      locale: path.split('/')[1] ?? '',
      productId: slug === undefined ? undefined : ids.get(slug),
      change: undefined,
      rank: 0,
    },
  }))
}
