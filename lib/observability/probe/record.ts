/** Stores the prober's readings, mismatches with their evidence, and open alerts. */
import type { Prisma } from '#lib/generated/prisma/client.ts'
import type { Db } from '#lib/platform/db.ts'
import { urlOf, type PriceReading, type ProbeTarget, type ProbeTask } from './reading.ts'

/** @param lagMs from the commit to this reading, where it is the first that could have seen the change */
export interface KeptReading {
  readonly reading: PriceReading
  readonly lagMs: number | undefined
}

function rowOf({ reading: { task, page, judged, readAt }, lagMs }: KeptReading): Prisma.ProbeReadingCreateManyInput {
  const wrong = judged.verdict !== 'fresh'
  return {
    layer: task.target.layer,
    target: task.target.name,
    url: urlOf(task),
    locale: task.locale,
    productId: judged.productId,
    expectedVersion: judged.expected.version,
    expectedAt: judged.expected.at,
    shownVersion: judged.shown?.version ?? null,
    shownAmountMinor: judged.shown?.amountMinor ?? null,
    lagMs: lagMs ?? null,
    verdict: judged.verdict,
    probedAt: readAt,
    ...(wrong && {
      evidence: {
        why: judged.why,
        correlationId: task.change?.correlationId ?? null,
        status: page.status ?? null,
        error: page.failure?.message ?? null,
        headers: { ...page.headers },
        renderedAt: page.statement.renderedAt ?? null,
        expected: {
          version: judged.expected.version,
          amountMinor: judged.expected.amountMinor,
          at: judged.expected.at.toISOString(),
        },
        shown: page.statement.prices.slice(0, 30).map((price) => ({ ...price })),
        contradictions: page.statement.contradictions.slice(0, 10).map(({ words }) => words),
      },
    }),
  }
}

export async function keepReadings(db: Db, readings: readonly KeptReading[]): Promise<void> {
  if (readings.length > 0) await db.probeReading.createMany({ data: readings.map(rowOf) })
}

export interface OpenMismatch {
  /** As `placeOf` says it. */
  readonly place: string
  readonly task: ProbeTask
}

/**
 * The open findings of a prober that is gone, from its alerts: the next one must not call it right unread.
 * @param scope of the alerts
 * @param targets places of others are left out: they are not read any more
 */
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
