/**
 * The moment a render starts: before it reads anything. Whatever is revalidated after it makes the result
 * outdated, however late the result is stored.
 */
import type { Provenance } from '../protocol/freshness.ts'
import type { VersionIndex } from '../index/versionIndex.ts'

/** Made while Redis was away: older than any revalidation. */
const UNKNOWN_START: Provenance = { startedAt: 0, epoch: undefined }

/** @returns Redis' clock and epoch now */
export async function renderStart(index: VersionIndex): Promise<Provenance> {
  if (!index.trusted) return UNKNOWN_START
  try {
    const [{ epoch }, startedAt] = await Promise.all([index.read([]), index.now()])
    return { startedAt, epoch }
  } catch {
    return UNKNOWN_START
  }
}
