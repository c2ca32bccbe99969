/**
 * The edge hears of a version before the fleet's index does: whoever sees the new price anywhere sees nothing older at
 * the edge afterwards. Never throws and never waits long: an edge that refuses slows no request down.
 */
import { logger } from '#lib/platform/logger.ts'
import { edge, type EdgePort } from './cdnPort.ts'
import { publishEach } from './publishEach.ts'
import type { VersionedTag } from '../protocol/tags.ts'

/** Milliseconds that an edit waits for the edge: it has a second in all. */
const TIMEOUT_MS = 500
/** Milliseconds that a failing edge is left alone by edits; the job and the confirmation go on trying. */
const PAUSE_MS = 2_000
/** As many as one request can name; more is a bulk edit, which its job publishes. */
const MOST = 500
/** So many take 20 ms where the edge has them already, and up to half a second where it does not: more may be late without a fault. */
const ALWAYS_IN_TIME = 100

let failedAt = -Infinity

/** @param tell returns how many versions the edge did not take: an answer for them alone, and no sign that it is away */
async function told(versions: readonly VersionedTag[], tell: (port: EdgePort) => Promise<number>): Promise<boolean> {
  const port = edge()
  if (!port?.immediate || versions.length === 0) return true
  if (versions.length > MOST || performance.now() - failedAt < PAUSE_MS) return false
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS)
  })
  try {
    return (await Promise.race([tell(port), late])) === 0
  } catch (error) {
    if (versions.length <= ALWAYS_IN_TIME) failedAt = performance.now()
    logger('edge').warn(
      { err: error, edge: port.name, versions: versions.length },
      'the edge was not told before the edit is live; the job will',
    )
    return false
  } finally {
    clearTimeout(timer)
  }
}

/** @returns false when the edge may still show older versions; true also where there is no edge to tell */
export function beforeIndex(versions: readonly VersionedTag[]): Promise<boolean> {
  return told(versions, async (port) => (await publishEach(port, versions)).length)
}

/** After the fleet's index was raised. @returns as `beforeIndex` */
export function afterIndex(versions: readonly VersionedTag[]): Promise<boolean> {
  return told(versions, async (port) => {
    await port.settle?.(versions)
    return 0
  })
}
