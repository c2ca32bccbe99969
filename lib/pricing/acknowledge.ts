/** Between the commit of a change and its answer: every version that the answer names is confirmed in the index. */
import pTimeout from 'p-timeout'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { coherence } from '#lib/catalog/coherence.ts'
import { rowsOfPrices } from '#lib/delivery/outbox.ts'
import { logger } from '#lib/platform/logger.ts'
import { isTracing, recordStep } from '#lib/platform/tracing/changeTrace.ts'

/** Milliseconds that an edit waits for the version index before it is acknowledged as "still propagating". */
export const ADVANCE_TIMEOUT_MS = 1_000

/** `live`: no read that starts from now on returns an older version. `propagating`: saved, and on its way. */
export type Acknowledgement = 'live' | 'propagating'

interface PriceVersion {
  readonly productId: number
  readonly version: bigint | number
}

const tagOf = ({ productId, version }: PriceVersion): VersionedTag => ({
  kind: 'price',
  id: productId,
  version: Number(version),
})

/**
 * Raises prices to these versions in the index, and before it at an edge that is read in its place. A row that the
 * request left as it was belongs here, too: the request before it may have failed to raise it.
 * @returns `live` when the index took a write and holds at least these versions; what fails here the outbox delivers
 */
export function confirmPrices(rows: readonly PriceVersion[], correlationId: string): Promise<Acknowledgement> {
  return confirmVersions(rows.map(tagOf), correlationId)
}

/** The same for all prices that one large transaction has changed. @param xid its id */
export function confirmCommit(
  rows: readonly PriceVersion[],
  xid: string,
  correlationId: string,
): Promise<Acknowledgement> {
  return confirmVersions(rows.map(tagOf), correlationId, async (versions) =>
    coherence().publisher.publishCommit(versions, await rowsOfPrices(xid, versions.length)),
  )
}

/** The same for anything that has a version. */
export async function confirmVersions(
  versions: readonly VersionedTag[],
  correlationId: string,
  publish = (all: readonly VersionedTag[]) => coherence().publisher.publishWithPayloads(all),
): Promise<Acknowledgement> {
  if (versions.length === 0) return 'live'
  const startedAt = new Date()
  try {
    const isLive = await pTimeout(publish(versions), {
      milliseconds: ADVANCE_TIMEOUT_MS,
      message: `no answer within ${ADVANCE_TIMEOUT_MS} ms`,
    })
    traceStep('publish', versions, startedAt, correlationId, { 'evergreen.live': isLive })
    return isLive ? 'live' : 'propagating'
  } catch (error) {
    logger('pricing').warn(
      { err: error, correlationId, versions: versions.length },
      'the version index did not confirm; the relay will deliver',
    )
    return 'propagating'
  }
}

/** Writes a step that ends now into the traces of these changes: `edit` from the request on, `publish` from the commit on. */
export function traceStep(
  step: 'edit' | 'publish',
  versions: readonly VersionedTag[],
  startedAt: Date,
  correlationId: string,
  attributes: Readonly<Record<string, string | boolean>>,
): void {
  if (!isTracing()) return
  const endedAt = new Date()
  for (const change of versions)
    recordStep({
      step,
      change,
      startedAt,
      endedAt,
      attributes: { 'evergreen.correlation_id': correlationId, ...attributes },
    })
}
