/** How far the checks of a process follow the version index: whether it believes the index, and up to which head. */
import { z } from 'zod'
import type { VersionIndex } from '#lib/coherence/index.ts'

/** The answer of an instance: `head` counts the changes that the index has taken, its term included. */
export const applied = z.object({
  /** False for an instance that does not believe the index: it asks Postgres for each read, and shows nothing older. */
  believed: z.boolean(),
  head: z.number(),
})
export type Applied = z.infer<typeof applied>

/** @returns what the next check of this process follows @throws {FreshnessError} SOURCE_UNAVAILABLE when neither store answers */
export async function appliedBy(index: VersionIndex): Promise<Applied> {
  const now = await index.read([])
  return now.from === 'index' ? { believed: true, head: now.head } : { believed: false, head: 0 }
}

/**
 * Whether an instance shows nothing older than the index did at `head`: it follows the same index, at that head or beyond, or
 * none. A head names the term, so an instance that follows another Redis is known by it.
 */
export function hasApplied({ believed, head: its }: Applied, head: number): boolean {
  return !believed || its >= head
}
