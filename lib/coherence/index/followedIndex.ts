/**
 * Reads of the index in Redis.
 *
 * - One poll answers all reads that arrive in a turn of the event loop. It fetches only the states that the process does not
 *   know (`followedTags.ts`). A second poll fetches the tags that the log named in between.
 * - So a check of pages that have not changed reads three small keys, however many tags the pages carry.
 * - A read gives the states of one moment: a change of several tags is in all of them or in none.
 */
import type { VersionSource } from '../ports.ts'
import type { Snapshot } from '../protocol/freshness.ts'
import { parseTagState, UNKNOWN_TAG, type TagState } from '../protocol/tagState.ts'
import { parseTag } from '../tags.ts'
import { batchPerTick } from './batching.ts'
import { FollowedTags, type ChangeListener } from './followedTags.ts'
import type { IndexLink, Polled } from './indexLink.ts'

type Found = Extract<Snapshot, { from: 'index' }>

/** A believed answer. */
export interface Reading {
  readonly snapshot: Found
  /** Redis does not have all that was committed. */
  readonly behind: boolean
  /** Tags whose version Redis lacks, or has and may not be the current one. */
  readonly unknown: readonly string[]
  /** Tags whose payload it lacks. */
  readonly incomplete: readonly string[]
}

/** The last answer of the index to a list of tags, while nothing in it can change with time. */
interface Known {
  readonly head: number
  readonly epoch: string
  readonly readAt: number
  readonly states: ReadonlyMap<string, TagState>
}

interface Answer {
  /** Redis does not have all that was committed. */
  readonly behind: boolean
  readonly epoch: string
  readonly head: number
  readonly now: number
  readonly states: ReadonlyMap<string, TagState>
}

const NONE: readonly string[] = []

export class FollowedIndex {
  readonly #link: IndexLink
  readonly #source: VersionSource
  readonly #tags = new FollowedTags()
  /** By the list itself: the readers of one entry hand over the same one. */
  readonly #known = new WeakMap<readonly string[], Known>()
  readonly #batch: (tags: readonly string[]) => Promise<ReadonlyMap<readonly string[], Reading> | undefined>
  readonly #time: () => () => void

  /** @param time measures a poll */
  constructor(link: IndexLink, source: VersionSource, time: () => () => void) {
    this.#link = link
    this.#source = source
    this.#time = time
    this.#batch = batchPerTick((lists: (readonly string[])[]) => this.#read(lists))
  }

  /**
   * The states of `tags`, asked for after the call began.
   * @returns undefined when the answer may not be believed; throws when none came
   */
  async read(tags: readonly string[]): Promise<Reading | undefined> {
    return (await this.#batch(tags))?.get(tags)
  }

  /** Called before the read that brings the news is answered. @returns a function that ends it */
  onChange(listener: ChangeListener): () => void {
    return this.#tags.onChange(listener)
  }

  /**
   * The states of a list are of one moment: those that a poll brought, and what is known and has not changed until then. The
   * versions of a later poll belong to a later moment, so the list is put together again.
   */
  async #read(lists: readonly (readonly string[])[]): Promise<ReadonlyMap<readonly string[], Reading> | undefined> {
    const readings = new Map<readonly string[], Reading>()
    let left = lists
    let first: Answer | undefined
    for (let wanted = this.#unknownOf(lists); left.length > 0;) {
      const end = this.#time()
      const polled = await this.#link.poll(wanted, this.#tags.head)
      end()
      if (!polled.believed) return undefined
      // Used up before anything else can happen: what is known is complete up to this answer's head until then.
      const answer = this.#take(wanted, polled)
      first ??= answer
      const lacking: (readonly string[])[] = []
      for (const list of left) {
        const reading = this.#readingAt(answer, list, first.head)
        if (reading) readings.set(list, reading)
        else lacking.push(list)
      }
      // Everything that changes between any two polls is asked for at once.
      const lastTime = left !== lists
      left = lacking
      wanted = lastTime ? [...new Set(left.flat())] : this.#unknownOf(left)
    }
    return readings
  }

  /** Tags that a poll has to fetch. */
  #unknownOf(lists: readonly (readonly string[])[]): string[] {
    const unknown = new Set<string>()
    for (const list of lists)
      for (const name of this.#changedIn(list, this.#known.get(list)) ?? list)
        if (!this.#tags.get(name)) unknown.add(name)
    return [...unknown]
  }

  /** @returns the tags of a list that have changed since it was read last; undefined when each of them may have */
  #changedIn(list: readonly string[], known: Known | undefined): readonly string[] | undefined {
    const changed = known && this.#tags.changedSince(known.head)
    if (changed === undefined || changed.length > list.length) return undefined
    return changed.filter((name) => known?.states.has(name))
  }

  #take(tags: readonly string[], { behind, epoch, head, now, log, states: texts }: Polled): Answer {
    const mayKeep = this.#tags.follow(head, log)
    const states = new Map<string, TagState>()
    for (const [i, name] of tags.entries()) {
      const state = parseTagState(texts[i] ?? null)
      states.set(name, state)
      // The source fills in these, which changes no head, so they are not kept.
      if (mayKeep && !this.#isIncomplete(name, state)) this.#tags.keep(name, state)
    }
    return { behind, epoch: epoch ?? '', head, now, states }
  }

  /** Looks again now and then at a tag that is confirmed often, so that the time of its last confirmation is known. */
  #isYoung({ readAt }: Known): boolean {
    return performance.now() - readAt < this.#link.times.refreshMs
  }

  /**
   * @param firstHead all that is stamped after it outdates a render that begins with this read
   * @returns undefined when neither the answer nor what is known says it all
   */
  #readingAt(answer: Answer, list: readonly string[], firstHead: number): Reading | undefined {
    const { behind, epoch, head, now } = answer
    const known = this.#known.get(list)
    const snapshotOf = (states: Found['states']): Found => ({ from: 'index', epoch, head: firstHead, now, states })
    const changed = known?.epoch === epoch ? this.#changedIn(list, known) : undefined
    if (known && changed?.length === 0 && !behind && this.#isYoung(known)) {
      this.#known.set(list, { ...known, head })
      return { snapshot: snapshotOf(known.states), behind: false, unknown: NONE, incomplete: NONE }
    }
    const read = new Map<string, TagState>(changed && known?.states)
    for (const name of changed ?? list) {
      const state = answer.states.get(name) ?? this.#tags.get(name)
      if (!state) return undefined
      read.set(name, state)
    }
    const states = (!changed?.length && this.#same(known, read, answer)) || read
    // What is known and has not changed is complete.
    const suspects = (!behind && changed) || list
    const stateOf = (name: string) => read.get(name) ?? UNKNOWN_TAG
    const isUnknown = (name: string) => behind || stateOf(name).version === 0
    const unknown = suspects.filter((name) => isUnknown(name) && this.#isOf(this.#source.kinds, name))
    const incomplete = suspects.filter((name) => this.#isIncomplete(name, stateOf(name)))
    const lasts = unknown.length + incomplete.length === 0 && !suspects.some((name) => stateOf(name).deadline > 0)
    if (lasts) {
      const readAt = states === known?.states ? known.readAt : performance.now()
      this.#known.set(list, { head, epoch, readAt, states })
    } else this.#known.delete(list)
    return { snapshot: snapshotOf(states), behind, unknown, incomplete }
  }

  /** The map that its readers have judged already, where it has the same states. */
  #same(known: Known | undefined, read: ReadonlyMap<string, TagState>, { epoch }: Answer) {
    if (!known || known.epoch !== epoch || !this.#isYoung(known)) return undefined
    for (const [name, state] of read) if (known.states.get(name) !== state) return undefined
    return known.states
  }

  #isIncomplete(name: string, { version, payload }: TagState): boolean {
    return version > 0 && payload === undefined && this.#isOf(this.#source.payloadKinds, name)
  }

  #isOf(kinds: ReadonlySet<string>, name: string): boolean {
    const ref = parseTag(name)
    return ref !== undefined && kinds.has(ref.kind)
  }
}
