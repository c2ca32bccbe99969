/**
 * Asserts that a read shows all of a commit or nothing of it. A read may end before it is known which versions a commit made, so
 * those that end while a write is under way wait for its answer.
 */
import type { Read, Shown } from './history.ts'

/** Commits that reads are held against: what is older than so many others a page would show as stale. */
const REMEMBERED = 100

/** By product the version that the commit made. */
export type Versions = ReadonlyMap<number, number>

export interface Part {
  readonly read: Omit<Read, 'shown' | 'torn'>
  /** The part shown as it was before the commit. */
  readonly before: Shown
  /** The part shown as it was after the commit, or later. */
  readonly after: Shown
}

interface Waiting {
  readonly read: Part['read']
  readonly shown: readonly Shown[]
}

export class WholeCommits {
  readonly #commits: Versions[] = []
  readonly #open = new Set<{ readonly products: ReadonlySet<number>; readonly reads: Waiting[] }>()
  readonly #found: (part: Part) => void

  constructor(found: (part: Part) => void) {
    this.#found = found
  }

  /** The number of things kept. */
  get size(): number {
    return this.#commits.length + [...this.#open].reduce((sum, { reads }) => sum + reads.length, 0)
  }

  /**
   * A write of several products begins.
   * @returns a function that says which versions it has made; undefined when that is not known
   */
  begin(products: Iterable<number>): (versions: Versions | undefined) => void {
    const write = { products: new Set(products), reads: [] as Waiting[] }
    this.#open.add(write)
    return (versions) => {
      this.#open.delete(write)
      if (!versions) return
      for (const { read, shown } of write.reads) this.#judge(versions, read, shown)
      this.#commits.push(versions)
      if (this.#commits.length > REMEMBERED) this.#commits.shift()
    }
  }

  read(read: Part['read'], shown: readonly Shown[]): void {
    if (shown.length < 2) return
    for (const versions of this.#commits) this.#judge(versions, read, shown)
    for (const { products, reads } of this.#open)
      if (shown.filter(({ productId }) => products.has(productId)).length > 1) reads.push({ read, shown })
  }

  #judge(versions: Versions, read: Part['read'], shown: readonly Shown[]): void {
    let before: Shown | undefined
    let after: Shown | undefined
    for (const one of shown) {
      const version = versions.get(one.productId)
      if (version === undefined) continue
      if (one.version < version) before ??= one
      else after ??= one
    }
    if (before && after) this.#found({ read, before, after })
  }
}
