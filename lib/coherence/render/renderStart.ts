/**
 * The moment a render starts: before it reads anything. A revalidation after it makes the result outdated, however
 * late the result is stored.
 */
import type { RenderStart } from '../protocol/freshness.ts'
import type { VersionIndex } from '../index/versionIndex.ts'

/** Made while neither store answered: older than any revalidation. */
const UNKNOWN_START: RenderStart = { startedAt: 0, epoch: undefined, source: undefined }

/** @returns the head and the epoch of the index now, or what it said last, and the source */
export async function renderStart(index: VersionIndex): Promise<RenderStart> {
  return index.renderStart().catch(() => UNKNOWN_START)
}

/** Milliseconds since 1970, by the clock that Next stamps a fill with. */
function clockMs(): number {
  return performance.timeOrigin + performance.now()
}

/**
 * The answers of the index at moments of this process. A fill that began at such a moment or later read nothing older, so
 * each can stand for the start of any fill; the newest that is not later than the fill says the most. Bounded: a fill
 * that is older than all that is kept has no start, and its value is not stored.
 */
export class StartLog {
  readonly #most: number
  #starts: { readonly atMs: number; readonly start: RenderStart }[] = []

  /** @param most how many are kept: more than begin during the longest fill */
  constructor(most = 10_000) {
    this.#most = most
  }

  get size(): number {
    return this.#starts.length
  }

  /** @param start that was taken just before the call */
  note(start: RenderStart, atMs = clockMs()): void {
    this.#starts.push({ atMs, start })
    if (this.#starts.length > this.#most) this.#starts = this.#starts.slice(this.#most / 2)
  }

  /** @returns the newest that was noted at or before the moment at which a fill began */
  before(beganAtMs: number): RenderStart | undefined {
    return this.#starts.findLast(({ atMs }) => atMs <= beganAtMs)?.start
  }
}
