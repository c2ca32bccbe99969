/** Gives the page of a product another address, with the guarantee that an edit of a price has: its former ones lead there. */
import { randomUUID } from 'node:crypto'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { correlationId as currentCorrelationId } from '#lib/platform/correlation.ts'
import { logger } from '#lib/platform/logger.ts'
import { confirmVersions, type Acknowledgement } from './acknowledge.ts'
import { inPriceTransaction, refusalOf } from './transaction.ts'

/** Another product has the slug. Nothing was written. */
export class SlugTakenError extends Error {
  override readonly name = 'SlugTakenError'
  readonly code = 'slug_taken'
  readonly retryable = false

  constructor(slug: string, cause: unknown) {
    super(`Another product has the slug "${slug}". Choose one that is free.`, { cause })
  }
}

export interface Renaming {
  readonly productId: number
  /** Lower-case letters and digits with single hyphens between them, at most 200 characters. */
  readonly slug: string
  readonly reason: string
}

export interface RenameOutcome {
  /** `live`: each address answers what is true now to every request from here on. `propagating`: saved, and on its way. */
  readonly state: Acknowledgement
  readonly correlationId: string
  readonly productId: number
  readonly slug: string
  /** False when the product had the slug already: nothing was written. */
  readonly changed: boolean
  /** The version of the product, not of its price. */
  readonly version: number
}

interface Row {
  readonly id: number
  readonly version: bigint
}

/**
 * Commit, advance the version index, acknowledge: of the product, and of the one to which the slug led before.
 * @returns undefined when there is no such product
 * @throws {SlugTakenError}
 * @throws {MissingPermissionError}
 * @throws {PricesBusyError} when another transaction holds the row for more than 5 s; nothing was written
 * @throws {PriceStoreUnavailableError} when Postgres does not answer
 */
export async function renameProduct(
  { productId, slug, reason }: Renaming,
  principal: Principal,
): Promise<RenameOutcome | undefined> {
  assertMay(principal, 'products:write')
  const correlationId = currentCorrelationId() ?? randomUUID()
  const context = { actor: principal.actor, reason, source: 'api', correlationId }
  const found = await inPriceTransaction(context, async (tx) => {
    const [before] = await tx.$queryRaw<(Row & { slug: string })[]>`
      SELECT id, version, slug FROM products WHERE id = ${productId} FOR NO KEY UPDATE`
    if (!before) return undefined
    if (before.slug === slug) return { changed: false, rows: [before] }
    const owners = await tx.$queryRaw<Pick<Row, 'id'>[]>`
      SELECT id FROM former_slugs WHERE kind = 'product' AND slug = ${slug}`
    await tx.$executeRaw`UPDATE products SET slug = ${slug} WHERE id = ${productId}`
    await tx.auditEntry.create({
      data: {
        actor: principal.actor,
        via: principal.kind,
        action: 'product.slug',
        target: `product:${productId}`,
        reason,
        detail: { from: before.slug, to: slug },
        correlationId,
      },
    })
    const ids = [productId, ...owners.map(({ id }) => id)]
    return { changed: true, rows: await tx.$queryRaw<Row[]>`SELECT id, version FROM products WHERE id = ANY(${ids})` }
  }).catch((error: unknown) => {
    throw refusalOf(error) === undefined ? error : new SlugTakenError(slug, error)
  })
  if (!found) return undefined
  const { changed, rows } = found
  const versions = rows.map(({ id, version }) => ({ kind: 'product' as const, id, version: Number(version) }))
  const state = await confirmVersions(versions, correlationId)
  logger('pricing').info(
    { correlationId, state, productId, slug, changed, actor: principal.actor, reason },
    'a product was renamed',
  )
  const version = versions.find(({ id }) => id === productId)?.version ?? 0
  return { state, correlationId, productId, slug, changed, version }
}
