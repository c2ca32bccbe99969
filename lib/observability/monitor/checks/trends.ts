/** Finds trends over several rounds: a backlog of old changes that grows, a hit ratio that falls. */
import type { PageReads } from '../../dashboard/hitRatio.ts'

/** A backlog is compared over so many rounds. */
const ROUNDS = 5
/** A few rows have a reason of their own. */
const AT_LEAST = 20

/**
 * Whether a backlog only grows, by half or more, over the last rounds: a bulk edit fills the outbox at once and then
 * drains, and that is no growth.
 * @param sizes of the last rounds, the oldest first; `size` is added, the oldest dropped. Of rows that have waited too long:
 *   how many are on their way says only how busy the shop is
 */
export function growing(sizes: number[], size: number): boolean {
  sizes.push(size)
  if (sizes.length > ROUNDS) sizes.shift()
  const [first = 0] = sizes
  return (
    sizes.length === ROUNDS &&
    size >= AT_LEAST &&
    size >= first * 1.5 &&
    sizes.every((value, i) => i === 0 || value > (sizes[i - 1] ?? 0))
  )
}

/** Points of a hundred. */
const MOST_DROP = 5
const RECENT_MS = 5 * 60_000
const BASELINE_MS = 3_600_000
/** Fewer reads say nothing. */
const AT_LEAST_READS = 1_000

interface Sample {
  readonly at: number
  readonly hits: number
  readonly reads: number
}

interface Drop {
  /** Per cent of the reads of the last minutes, and of the hour before, without those of pages that were stale. */
  readonly now: number
  readonly before: number
}

function ratioOf(samples: readonly Sample[]): number | undefined {
  const reads = samples.reduce((sum, sample) => sum + sample.reads, 0)
  return reads < AT_LEAST_READS ? undefined : (100 * samples.reduce((sum, sample) => sum + sample.hits, 0)) / reads
}

/**
 * Notices a page cache that answers less than it did. A miss of a page that an edit made stale is none of its doing: such
 * a read counts as neither a hit nor a miss.
 */
export class HitRatioWatch {
  readonly #last = new Map<string, PageReads>()
  readonly #samples: Sample[] = []

  /**
   * @param reads counters of each instance that answered, since it started
   * @param at milliseconds of any clock
   * @returns a drop of more than five points that no edit explains, when there is one
   */
  add(reads: ReadonlyMap<string, PageReads>, at: number): Drop | undefined {
    let [hits, all] = [0, 0]
    for (const [instance, now] of reads) {
      const before = this.#last.get(instance)
      this.#last.set(instance, now)
      // One that counts from zero again has just started, with an empty memory.
      if (!before || now.hits < before.hits || now.misses < before.misses) continue
      hits += now.hits - before.hits
      const unexplained = now.misses - before.misses - Math.max(0, now.stale - before.stale)
      all += now.hits - before.hits + Math.max(0, unexplained)
    }
    this.#samples.push({ at, hits, reads: all })
    while (at - (this.#samples[0]?.at ?? at) > RECENT_MS + BASELINE_MS) this.#samples.shift()
    const now = ratioOf(this.#samples.filter((sample) => at - sample.at < RECENT_MS))
    const before = ratioOf(this.#samples.filter((sample) => at - sample.at >= RECENT_MS))
    return now !== undefined && before !== undefined && before - now > MOST_DROP ? { now, before } : undefined
  }
}
