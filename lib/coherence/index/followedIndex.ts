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

type IndexSnapshot = Extract<Snapshot, { from: 'index' }>

/** A believed answer. */
export interface Reading {
  readonly snapshot: IndexSnapshot
  /** Redis does not have all that was committed. */
  readonly behind: boolean
  /** Tags whose version Redis lacks, or has and may not be the current one. */
  readonly unknown: readonly string[]
  /** Tags whose payload it lacks. */
  readonly incomplete: readonly string[]
}

/** What is known of a list of tags: its states, as they are at a head. Nothing in them changes with time alone. */
interface Known {
  head: number
  readonly epoch: string
  readonly states: ReadonlyMap<string, TagState>
}

/** A believed answer to a poll, once the followed tags are as new as it is. */
interface Answer extends Pick<Polled, 'behind' | 'head' | 'now'> {
  readonly epoch: string
  /** Of the tags that were asked for. */
  readonly states: ReadonlyMap<string, TagState>
}

/** To look whether a list has a tag costs so many times less than to put a state of it into its place. */
const CHEAPER = 4
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
   * @returns undefined when the answer may not be believed, or none came
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
    let first: Answer | undefined
    let left = lists
    let wanted = this.#unknownOf(lists)
    while (left.length > 0) {
      const end = this.#time()
      const polled = await this.#link.poll(wanted, this.#tags.head).catch(() => undefined)
      if (polled) end()
      if (!polled?.believed) return undefined
      // Used up before anything else can happen: what is known is complete up to this answer's head until then.
      const answer = this.#take(wanted, polled)
      first ??= answer
      const lacking: (readonly string[])[] = []
      for (const list of left) {
        const reading = this.#readingAt(answer, list, first.head)
        if (reading) readings.set(list, reading)
        else lacking.push(list)
      }
      // A first poll fetches what was not known. Changes since then are asked for alone, and after that whole lists, which is enough.
      wanted = answer === first ? this.#unknownOf(lacking) : [...new Set(lacking.flat())]
      left = lacking
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
    if (changed === undefined || changed.length > CHEAPER * list.length) return undefined
    return changed.filter((name) => known?.states.has(name))
  }

  #take(tags: readonly string[], { behind, lease, epoch, head, now, log, states: texts }: Polled): Answer {
    const mayKeep = this.#tags.follow(lease, head, log)
    const states = new Map<string, TagState>()
    for (const [i, name] of tags.entries()) {
      const state = parseTagState(texts[i] ?? null)
      states.set(name, state)
      // The source fills in these, which changes no head, so they are not kept.
      if (mayKeep && !this.#isIncomplete(name, state)) this.#tags.keep(name, state)
    }
    return { behind, epoch: epoch ?? '', head, now, states }
  }

  /**
   * @param firstHead all that is stamped after it outdates a render that begins with this read
   * @returns undefined when neither the answer nor what is known has the state of each tag
   */
  #readingAt(answer: Answer, list: readonly string[], firstHead: number): Reading | undefined {
    const { behind, epoch, head, now } = answer
    const known = this.#known.get(list)
    const snapshotOf = (states: IndexSnapshot['states']): IndexSnapshot => ({
      from: 'index',
      epoch,
      head: firstHead,
      now,
      states,
    })
    const changed = known?.epoch === epoch ? this.#changedIn(list, known) : undefined
    if (known && changed?.length === 0 && !behind) {
      known.head = head
      return { snapshot: snapshotOf(known.states), behind: false, unknown: NONE, incomplete: NONE }
    }
    const read = this.#statesOf(changed ?? list, answer, changed && known?.states)
    if (!read) return undefined
    const states = (!changed?.length && this.#same(known, read, answer)) || read
    // What is known and has not changed is complete.
    const suspects = (!behind && changed) || list
    const stateOf = (name: string) => read.get(name) ?? UNKNOWN_TAG
    const isUnknown = (name: string) => behind || stateOf(name).version === 0
    const unknown = suspects.filter((name) => isUnknown(name) && this.#isOf(this.#source.kinds, name))
    const incomplete = suspects.filter((name) => this.#isIncomplete(name, stateOf(name)))
    const lasts = unknown.length + incomplete.length === 0 && !suspects.some((name) => stateOf(name).deadline > 0)
    if (lasts) this.#known.set(list, { head, epoch, states })
    else this.#known.delete(list)
    return { snapshot: snapshotOf(states), behind, unknown, incomplete }
  }

  /** @returns the states of `names` beside `others`; undefined when one of them is not known */
  #statesOf(
    names: readonly string[],
    answer: Answer,
    others?: ReadonlyMap<string, TagState>,
  ): Map<string, TagState> | undefined {
    const states = new Map(others)
    for (const name of names) {
      const state = answer.states.get(name) ?? this.#tags.get(name)
      if (!state) return undefined
      states.set(name, state)
    }
    return states
  }

  /** The map that its readers have judged already, where it has the same states. */
  #same(known: Known | undefined, read: ReadonlyMap<string, TagState>, { epoch }: Answer) {
    if (!known || known.epoch !== epoch) return undefined
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
