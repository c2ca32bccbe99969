import { tag, type VersionedTag } from '#lib/coherence/tags.ts'

/** @returns the highest version of each tag, from any order */
export function latestOf(versions: readonly VersionedTag[]): Map<string, number> {
  const latest = new Map<string, number>()
  for (const { kind, id, version } of versions) {
    const name = tag(kind, id)
    latest.set(name, Math.max(version, latest.get(name) ?? 0))
  }
  return latest
}
