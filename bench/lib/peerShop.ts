/**
 * Replaces the parts of the shop that serve our handlers alone: another handler must get the shop that its
 * manual asks for, or the comparison says nothing.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

interface Change {
  readonly file: string
  /** Exactly once in the file. */
  readonly from: string
  readonly to: string
}

export const PEER_CHANGES: readonly Change[] = [
  {
    // Tags with versions, packed into few texts, are for our handlers: `revalidateTag('price:42')` finds none of them.
    file: 'lib/coherence/tags.ts',
    from: 'export function cacheTags(versions: Iterable<VersionedTag>): string[] {\n',
    to: `export function cacheTags(versions: Iterable<VersionedTag>): string[] {
  return Array.from(versions, ({ kind, id }) => tag(kind, id))
}

export function packedTags(versions: Iterable<VersionedTag>): string[] {
`,
  },
]

/** @throws when the shop has changed so that a change no longer fits */
export function makePeerShop(folder: string): void {
  for (const { file, from, to } of PEER_CHANGES) {
    const name = path.join(folder, file)
    const parts = readFileSync(name, 'utf8').split(from)
    if (parts.length !== 2)
      throw new Error(`bench/lib/peerShop.ts: ${file} has this ${parts.length - 1} times, not once:\n${from}`)
    writeFileSync(name, parts.join(to))
  }
}
