/**
 * Publishes the latest changes to the edge again and again, and confirms that the edge has all of them. An edge without
 * a recent confirmation shows nothing that it has kept, and asks the shop for every page.
 */
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import { describeRefused, isInvalid, publishEach, type RefusedVersion, without } from '#lib/cdn/publishEach.ts'
import type { VersionSource } from '#lib/coherence/index.ts'
import { logger } from '#lib/platform/logger.ts'
import { type Pause, runPeriodically } from '#lib/platform/process/periodic.ts'

/**
 * Milliseconds from one confirmation to the next. KV takes one write a second to a key, and charges for each. At the
 * longest a third of the time for which the edge believes one: beyond that it drops all that it has.
 */
const EVERY_MS: Readonly<Record<string, { readonly least: number; readonly most: number }>> = {
  local: { least: 1_000, most: 3_000 },
  varnish: { least: 1_000, most: 3_000 },
  cloudflare: { least: 15_000, most: 40_000 },
}
/** Seconds. A transaction becomes visible later than its rows are dated. */
const MARGIN_S = 10
const LONGEST_S = 3_600

/** Goes on until `signal` is aborted; an edge that has no index of ours needs none of it. */
export async function confirmEdge(edge: EdgePort, source: VersionSource, signal: AbortSignal): Promise<void> {
  const every = EVERY_MS[edge.name]
  if (!every) return
  const { least, most } = every
  let confirmedAt = performance.now()
  /** Found out once; the job purges their pages, so that the edge is right without them, and raises the alert. */
  let refused: readonly RefusedVersion[] = []

  async function confirm(): Promise<Pause> {
    const began = performance.now()
    const changes = await source.recentChanges(Math.min(LONGEST_S, MARGIN_S + (began - confirmedAt) / 1_000))
    try {
      await edge.publish(without(changes, refused), performance.now() - began)
    } catch (error) {
      if (!isInvalid(error)) throw error
      refused = await publishEach(edge, changes)
      logger('edge').error(
        { edge: edge.name, refused: describeRefused(refused) },
        'the edge does not take a version; the others are published',
      )
      await edge.publish(without(changes, refused), performance.now() - began)
    }
    confirmedAt = began
    // After a bulk edit there is much to look at: a tenth of the time, if that leaves the edge its belief.
    return { pauseMs: Math.min(most, Math.max(least, 10 * (performance.now() - began))) }
  }

  function failed(error: unknown, failures: number): void {
    if (failures > 1) return
    logger('edge').warn(
      { err: error, edge: edge.name },
      'the edge was not confirmed; it will ask the shop for everything',
    )
  }

  await runPeriodically(confirm, { everyMs: least, longestMs: most, signal, failed })
}
