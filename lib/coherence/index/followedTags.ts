/**
 * The states of tags as this process knows them: what it has read of the index, kept right by the log of changes.
 *
 * The map is complete up to one head: each state in it is what the index has at that head. An answer of the index has the
 * current head and the log since the head that the process knew when it asked. The tags in that log are dropped, and asked for
 * when they are needed. So after an answer each state is as new as the answer, which was asked for after the read began.
 *
 * The whole map is dropped where the log does not say enough:
 *
 * - the log was trimmed or lost, or a change had many tags: some entries since the head are missing;
 * - the lease is another one. A data set that may lack a change (an old file, a failover, a primary that was demoted for a while)
 *   needs a new lease before it is believed, and heads of another lease count other changes;
 * - the answer is older than the map: two answers came out of order, over two connections to a cluster.
 *
 * Only answers that are believed are taken. A server without a living lease takes changes, too. They are neither acknowledged nor
 * shown before the next term begins, so a map need not hear of them. A tag that Redis loses by itself (it expires long after each
 * entry that carries it) stays in the map, as the larger version.
 */
import { keys } from '../protocol/keys.ts'
import type { TagState } from '../protocol/tagState.ts'

/** At half a kB with a payload. */
const MOST_TAGS = 100_000
/** What goes when there are more, at once: each look for the oldest passes what went before. */
const GOING = 0.1
/** Answers with changes whose tags are remembered: two seconds of a hundred changes a second. */
const MOST_STEPS = 200
const NONE: readonly string[] = []
/** Below every head. */
const NOWHERE = -1

/** @param tags that have changed; undefined when each of them may have */
export type ChangeListener = (tags: readonly string[] | undefined) => void

export class FollowedTags {
  /** In the order in which they came. A look is not noted: each page looks at some fifty, and one that goes too early is asked for again. */
  readonly #states = new Map<string, TagState>()
  readonly #listeners = new Set<ChangeListener>()
  #lease = ''
  #head = NOWHERE
  /** The changes of the last answers, oldest first, each with the head of the answer. */
  #steps: { readonly upTo: number; readonly names: readonly string[] }[] = []
  /** The head from which on the steps have each change. */
  #stepsFrom = Infinity

  /** The map is complete up to here. */
  get head(): number {
    return this.#head
  }

  get(name: string): TagState | undefined {
    return this.#states.get(name)
  }

  /**
   * Takes a believed answer into account: first the log, then what else it says may be kept.
   * @param lease the name of its lease: the heads of another one count other changes
   * @param head of the answer
   * @param log as `redis/log.lua` spells it, newest first: the entries since a head that was known when the answer was asked for
   * @returns false when the answer is older than the map: nothing is known then
   */
  follow(lease: string, head: number, log: readonly string[]): boolean {
    const isOther = lease !== this.#lease
    const isNewer = isOther || head >= this.#head
    const changed = isNewer && !isOther ? changesIn(log, this.#head, head) : undefined
    this.#lease = lease
    if (changed === undefined) this.#states.clear()
    else for (const name of changed) this.#states.delete(name)
    this.#head = isNewer ? head : NOWHERE
    this.#note(changed)
    if (changed?.length !== 0) for (const listener of this.#listeners) listener(changed)
    return isNewer
  }

  /** @returns the tags that have changed since the map was complete up to `head`; undefined when that is not known any more */
  changedSince(head: number): readonly string[] | undefined {
    if (head < this.#stepsFrom || head > this.#head) return undefined
    if (head === this.#head) return NONE
    const at = this.#steps.findLastIndex(({ upTo }) => upTo <= head)
    return this.#steps.slice(at + 1).flatMap(({ names }) => names)
  }

  #note(changed: readonly string[] | undefined): void {
    if (changed === undefined) {
      this.#steps = []
      this.#stepsFrom = this.#head === NOWHERE ? Infinity : this.#head
    } else if (changed.length > 0) {
      this.#steps.push({ upTo: this.#head, names: changed })
      if (this.#steps.length > MOST_STEPS) this.#stepsFrom = this.#steps.shift()?.upTo ?? Infinity
    }
  }

  /** @returns a function that ends it */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** @param state at the present head */
  keep(name: string, state: TagState): void {
    this.#states.set(name, state)
    if (this.#states.size <= MOST_TAGS) return
    let going = MOST_TAGS * GOING
    for (const oldest of this.#states.keys()) {
      if (going-- <= 0) break
      this.#states.delete(oldest)
    }
  }
}

/** @returns tags, or undefined when these are not all changes between the two heads, each with its tags */
function changesIn(log: readonly string[], from: number, to: number): string[] | undefined {
  const entries = log.slice(0, to - from)
  if (entries.length < to - from) return undefined
  const changed: string[] = []
  for (const [i, entry] of entries.entries()) {
    const [head, ...names]: string[] = JSON.parse(entry)
    if (Number(head) !== to - i || names.length === 0) return undefined
    for (const name of names) changed.push(name.slice(keys.tagPrefix.length))
  }
  return changed
}
