/**
 * Break glass: throws away every copy of something although none is known to be wrong. It raises a version in Postgres. The trigger
 * writes the outbox, and every layer follows as it follows an edit; popular pages are rendered again at a bounded pace. A language
 * has no row: its pages carry a plain tag, which is revalidated.
 */
import { randomUUID } from 'node:crypto'
import { writeAudit } from '#lib/audit/writeAudit.ts'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { correlationId as currentCorrelationId } from '#lib/platform/correlation.ts'
import type { Db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { INTERNAL_SECRET_HEADER } from '#lib/platform/http/internalSecret.ts'
import { logger } from '#lib/platform/logger.ts'
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import { clearSuperseded, type Coherence, FreshnessError, type RedisClient } from '#lib/coherence/index.ts'
import { tag as tagOf, type VersionedTag } from '#lib/coherence/tags.ts'
import { CATALOG_ID, localeTag, type ResourceKind, RESOURCES, versioned } from '#lib/catalog/resources.ts'
import { clearAllBodies } from './clearBodies.ts'
import { scopeTarget, type PurgeScope } from './scope.ts'

/** Of the process that purges. */
export interface PurgeParts {
  readonly db: Db
  readonly cacheRedis: RedisClient
  readonly coherence: Pick<Coherence, 'index' | 'publisher'>
  readonly edge: EdgePort | undefined
}

export interface PurgeOutcome {
  readonly correlationId: string
  readonly target: string
  /** `live`: no read that starts now is answered from a copy made before. `propagating`: on its way. */
  readonly state: 'live' | 'propagating'
  /** Keys that were taken out of Redis at once; the others are refused by the version check and expire. */
  readonly removed: number
}

const CATALOG_TAG = tagOf('catalog', CATALOG_ID)
const WEB_TIMEOUT_MS = 10_000

/** The rows that a purge of this scope makes a new version of. @returns undefined for a language, which has no row */
function rowOf(scope: PurgeScope): { kind: ResourceKind; id: number } | undefined {
  if (scope.kind === 'locale') return undefined
  return scope.kind === 'everything' ? { kind: 'catalog', id: CATALOG_ID } : scope
}

/** @returns undefined when there is no such row */
async function bump(
  tx: Prisma.TransactionClient,
  { kind, id }: { kind: ResourceKind; id: number },
): Promise<VersionedTag | undefined> {
  const { table, idColumn, versionColumn } = RESOURCES[kind]
  const rows = await tx.$queryRawUnsafe<{ version: bigint }[]>(
    `UPDATE ${table} SET ${versionColumn} = ${versionColumn} + 1 WHERE ${idColumn} = $1::int RETURNING ${versionColumn} AS version`,
    id,
  )
  return rows[0] && versioned(kind, id, rows[0].version)
}

async function advance(
  { index, publisher }: PurgeParts['coherence'],
  version: VersionedTag,
): Promise<PurgeOutcome['state']> {
  try {
    const edgeKnows = await publisher.publish([version])
    // The values that a page is made from are cached as well, and know the versions of their own rows only.
    if (version.kind === 'catalog') await index.outdateAll()
    return edgeKnows ? 'live' : 'propagating'
  } catch (error) {
    logger('purge').warn({ err: error }, 'the version index was not advanced; the relay will deliver')
    return 'propagating'
  }
}

async function askWebInstances(path: string, tags: readonly string[]): Promise<void> {
  const headers = { 'content-type': 'application/json', [INTERNAL_SECRET_HEADER]: env().INTERNAL_SECRET }
  const answers = await Promise.allSettled(
    env().webUrls.map(async (url) => {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ tags }),
        signal: AbortSignal.timeout(WEB_TIMEOUT_MS),
      })
      if (!response.ok) throw new Error(`${url}${path} answered ${response.status}`)
    }),
  )
  if (answers.every(({ status }) => status === 'rejected'))
    throw new FreshnessError('NOT_VERIFIED', 'no web instance took the purge', { retryable: true })
}

async function purgeLocale({ coherence, edge }: PurgeParts, tag: string): Promise<void> {
  // Not through an instance: Next answers before its handlers have confirmed.
  await coherence.publisher.revalidate([tag])
  // An edge knows versioned tags only. Every page carries that of the catalog, so it asks for all of them again; those
  // of the other languages are still fresh in the page cache and are not rendered.
  await edge?.purge([CATALOG_TAG])
  await askWebInstances('/api/internal/warm', [tag])
}

/** Bodies that the purge makes worthless. @param version what is current of the row that is purged */
async function clear(redis: RedisClient, scope: PurgeScope, version: VersionedTag | undefined): Promise<number> {
  if (scope.kind === 'everything') return clearAllBodies(redis)
  return version ? clearSuperseded(redis, [version]) : 0
}

/**
 * @returns undefined when there is no such product or category
 * @throws {MissingPermissionError}
 * @throws {FreshnessError} INDEX_UNAVAILABLE when Redis, NOT_VERIFIED when no web instance took the purge of a language,
 *   which nothing delivers later; the log has the attempt
 * @example await purge(parts, { kind: 'product', id: 42 }, 'The page shows an old picture', principal)
 */
export async function purge(
  parts: PurgeParts,
  scope: PurgeScope,
  reason: string,
  principal: Principal,
): Promise<PurgeOutcome | undefined> {
  assertMay(principal, 'freshness:purge')
  const correlationId = currentCorrelationId() ?? randomUUID()
  const target = scopeTarget(scope)
  const version = await parts.db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT set_config('evergreen.correlation_id', ${correlationId}, true)`
    const row = rowOf(scope)
    const bumped = row && (await bump(tx, row))
    if (bumped || !row)
      await writeAudit(tx, principal, {
        action: 'freshness.purge',
        target,
        reason,
        detail: { ...(bumped && { version: bumped.version }) },
        correlationId,
      })
    return bumped
  })
  if (!version && scope.kind !== 'locale') return undefined
  if (!version) await purgeLocale(parts, localeTag(scope.kind === 'locale' ? scope.locale : ''))
  const state = version ? await advance(parts.coherence, version) : 'live'
  const removed = await clear(parts.cacheRedis, scope, version).catch((error: unknown) => {
    logger('purge').warn({ err: error, target }, 'Redis kept its bodies; the version check refuses them')
    return 0
  })
  logger('purge').warn({ correlationId, target, reason, actor: principal.actor, state, removed }, 'purged')
  return { correlationId, target, state, removed }
}
