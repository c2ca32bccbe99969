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

export class WholeCommits {
  readonly #commits: Versions[] = []
  #forgotten = 0
  /** By what a response shows, the number of commits that it was held against and shows whole: most reads show what one before showed. */
  readonly #whole = new WeakMap<readonly Shown[], number>()
  readonly #open = new Set<{
    readonly products: ReadonlySet<number>
    readonly reads: Map<readonly Shown[], Part['read']>
  }>()
  readonly #found: (part: Part) => void

  constructor(found: (part: Part) => void) {
    this.#found = found
  }

  /** The number of things kept. */
  get size(): number {
    return this.#commits.length + [...this.#open].reduce((sum, { reads }) => sum + reads.size, 0)
  }

  /**
   * A write of several products begins.
   * @returns a function that says which versions it has made; undefined when that is not known
   */
  begin(products: Iterable<number>): (versions: Versions | undefined) => void {
    const write = { products: new Set(products), reads: new Map<readonly Shown[], Part['read']>() }
    this.#open.add(write)
    return (versions) => {
      this.#open.delete(write)
      if (!versions) return
      for (const [shown, read] of write.reads) this.#judge(versions, read, shown)
      this.#commits.push(versions)
      if (this.#commits.length <= REMEMBERED) return
      this.#commits.shift()
      this.#forgotten++
    }
  }

  read(read: Part['read'], shown: readonly Shown[]): void {
    if (shown.length < 2) return
    const judged = Math.max(0, (this.#whole.get(shown) ?? 0) - this.#forgotten)
    const halves = this.#commits.slice(judged).filter((versions) => !this.#judge(versions, read, shown))
    if (halves.length === 0) this.#whole.set(shown, this.#forgotten + this.#commits.length)
    for (const { products, reads } of this.#open)
      if (!reads.has(shown) && shown.filter(({ productId }) => products.has(productId)).length > 1)
        reads.set(shown, read)
  }

  /** @returns whether all of the commit is shown, or nothing */
  #judge(versions: Versions, read: Part['read'], shown: readonly Shown[]): boolean {
    let before: Shown | undefined
    let after: Shown | undefined
    for (const one of shown) {
      const version = versions.get(one.productId)
      if (version === undefined) continue
      if (one.version < version) before ??= one
      else after ??= one
    }
    if (!before || !after) return true
    this.#found({ read, before, after })
    return false
  }
}
