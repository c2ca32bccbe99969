/** Publishes versions so that one that the edge refuses holds up no other. */
import { versionedTag, type VersionedTag } from '#lib/coherence/tags.ts'
import type { EdgePort } from './edgePort.ts'

export interface RefusedVersion extends VersionedTag {
  /** The answer of the edge. */
  readonly answer: string
}

/** Beyond so many it is not about a version: the edge refuses all that this shop says. */
const MOST_REFUSED = 10

/** The edge does not understand what was sent: the same call fails each time. */
export function isInvalid(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'EDGE_INVALID'
}

/** `price:7@9007199254740994: 400 …`, for logs and alerts. */
export function describeRefused(refused: readonly RefusedVersion[]): string {
  return refused.map(({ kind, id, version, answer }) => `${versionedTag(kind, id, version)}: ${answer}`).join('; ')
}

/**
 * Publishes versions; a call that the edge does not understand is halved until the version that it is about is alone.
 * @returns those that it refused, each with its answer
 * @throws {EdgeError} for anything else: an edge that is away, credentials, or more than ten versions that it refuses
 */
export async function publishEach(
  edge: Pick<EdgePort, 'publish'>,
  versions: readonly VersionedTag[],
): Promise<RefusedVersion[]> {
  const refused: RefusedVersion[] = []
  async function publish(part: readonly VersionedTag[]): Promise<void> {
    try {
      await edge.publish(part)
    } catch (error) {
      const [first] = part
      if (!isInvalid(error) || !first || refused.length >= MOST_REFUSED) throw error
      if (part.length === 1) return void refused.push({ ...first, answer: error.message })
      const half = Math.ceil(part.length / 2)
      await publish(part.slice(0, half))
      await publish(part.slice(half))
    }
  }
  await publish(versions)
  return refused
}

/** @returns `versions` without those that were refused; the very list, if none was */
export function without(versions: readonly VersionedTag[], refused: readonly VersionedTag[]): readonly VersionedTag[] {
  if (refused.length === 0) return versions
  const names = new Set(refused.map(({ kind, id, version }) => versionedTag(kind, id, version)))
  return versions.filter(({ kind, id, version }) => !names.has(versionedTag(kind, id, version)))
}
