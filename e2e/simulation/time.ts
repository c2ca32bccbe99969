/**
 * Virtual time for a whole program: one queue of events, and a clock that jumps from one to the next. Work of the program between
 * two events costs no time. Every source of time and chance that Node offers is replaced, so that a run follows from its seed.
 *
 * Replaced from outside and not handed in: the kernel is the one that runs in the shop, with the libraries that it uses (`p-limit`,
 * `lru-cache`, `ioredis`), which take no port. An event belongs to a simulated process, found again through `AsyncLocalStorage`: so
 * each process has a clock with a rate of its own, stands still or dies by itself.
 *
 * Source: FoundationDB (Zhou et al., SIGMOD 2021, section 4, deterministic simulation) and TigerBeetle's VOPR.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { Random } from './random.ts'

/** A host that can stand still and die. Its clock begins anywhere, and may run a little faster or slower than the others. */
export class Host {
  readonly name: string
  readonly #offset: number
  readonly rate: number
  alive = true
  pausedUntil = 0

  constructor(name: string, random: Random) {
    this.name = name
    this.#offset = random.between(1_000, 1_000_000)
    this.rate = 1 + random.between(-0.01, 0.01)
  }

  clock(now: number): number {
    return this.#offset + now * this.rate
  }
}

interface Event {
  at: number
  readonly order: number
  readonly host: Host | undefined
  readonly run: () => void
  isCancelled: boolean
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

const running = new AsyncLocalStorage<Host>()
const { nextTick } = process
/**
 * Lets all that is ready run: promises call each other without a timer. A tick follows when no promise is left, and three let what
 * such a tick starts run, too. A turn of the event loop would do the same, at a tenth of a history's time.
 */
const drained = (): Promise<void> => new Promise((resolve) => nextTick(() => nextTick(() => nextTick(resolve))))

export class Timeline {
  readonly random: Random
  #heap: Event[] = []
  #now = 0
  #order = 0
  events = 0

  constructor(seed: number) {
    this.random = new Random(seed)
  }

  /** Milliseconds since the history began. */
  get now(): number {
    return this.#now
  }

  /** @param host where it happens; without one it happens also when a host stands still or dies */
  after(ms: number, run: () => void, host?: Host): Event {
    const event = { at: this.#now + Math.max(0, ms), order: this.#order++, host, run, isCancelled: false }
    this.#push(event)
    return event
  }

  /** @returns what `run` answers, in the process; it never settles when the process dies */
  in<T>(host: Host, run: () => T): T {
    return running.run(host, run)
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve))
  }

  /** Goes from event to event until `isDone`, or until nothing can happen any more. */
  async run(isDone: () => boolean): Promise<void> {
    await drained()
    for (let event = this.#pop(); event && !isDone(); event = this.#pop()) {
      if (event.isCancelled || event.host?.alive === false) continue
      this.#now = Math.max(this.#now, event.at)
      if (event.host && event.host.pausedUntil > this.#now) {
        event.at = event.host.pausedUntil
        this.#push(event)
        continue
      }
      this.events++
      if (event.host) running.run(event.host, event.run)
      else running.exit(event.run)
      await drained()
    }
  }

  #push(event: Event): void {
    const heap = this.#heap
    let at = heap.push(event) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (!above || isBefore(above, event)) break
      heap[at] = above
      at = parent
    }
    heap[at] = event
  }

  #pop(): Event | undefined {
    const heap = this.#heap
    const [first] = heap
    const last = heap.pop()
    if (!first || !last || first === last) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      const [left, right] = [heap[child], heap[child + 1]]
      if (left && right && isBefore(right, left)) child++
      const below = heap[child]
      if (!below || isBefore(last, below)) break
      heap[at] = below
      at = child
    }
    heap[at] = last
    return first
  }
}

let timeline = new Timeline(0)

/** @returns the timeline of a new history, which all timers and clocks follow from now on */
export function beginTimeline(seed: number): Timeline {
  timeline = new Timeline(seed)
  return timeline
}

/** Milliseconds that a process thinks have passed are others on the clock of the world. */
function schedule(run: () => void, ms: number): Event {
  const host = running.getStore()
  return timeline.after(ms / (host?.rate ?? 1), run, host)
}

/** As `NodeJS.Timeout`, as far as libraries use it. */
class Timer {
  event: Event
  constructor(event: Event) {
    this.event = event
  }
  ref = () => this
  unref = () => this
  hasRef = () => true
  close = () => void (this.event.isCancelled = true);
  [Symbol.dispose] = () => this.close()
}

function setTimer(run: (...values: unknown[]) => void, ms = 0, ...values: unknown[]): Timer {
  return new Timer(schedule(() => run(...values), Math.max(1, ms)))
}

function setRepeated(run: (...values: unknown[]) => void, ms = 0, ...values: unknown[]): Timer {
  const again = (): void => {
    run(...values)
    if (!timer.event.isCancelled) timer.event = schedule(again, Math.max(1, ms))
  }
  const timer = new Timer(schedule(again, Math.max(1, ms)))
  return timer
}

function clearTimer(timer: unknown): void {
  if (timer instanceof Timer) timer.close()
}

function delay(ms = 1, value?: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      timer.close()
      reject(new DOMException('The operation was aborted', 'AbortError'))
    }
    const timer = setTimer(() => {
      signal?.removeEventListener('abort', abort)
      resolve(value)
    }, ms)
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
}

const uuid = (): string => {
  const hex = () =>
    Math.floor(timeline.random.next() * 0x1_0000)
      .toString(16)
      .padStart(4, '0')
  return `${hex()}${hex()}-${hex()}-4${hex().slice(1)}-8${hex().slice(1)}-${hex()}${hex()}${hex()}`
}

/** Replaces time and chance in this process for good: it has none of its own afterwards. */
export function takeOverTime(): void {
  const clock = () => running.getStore()?.clock(timeline.now) ?? timeline.now
  const begun = Date.UTC(2026, 0, 1)
  const replace = (target: object, replaced: object): void => {
    for (const [name, value] of Object.entries(replaced))
      Object.defineProperty(target, name, { value, writable: true, configurable: true })
  }
  const timers = {
    setTimeout: setTimer,
    clearTimeout: clearTimer,
    setInterval: setRepeated,
    clearInterval: clearTimer,
    setImmediate: (run: (...values: unknown[]) => void, ...values: unknown[]) =>
      new Timer(schedule(() => run(...values), 0)),
    clearImmediate: clearTimer,
  }
  const builtIn = createRequire(import.meta.url)
  replace(globalThis, timers)
  replace(builtIn('node:timers'), timers)
  replace(builtIn('node:timers/promises'), { setTimeout: delay })
  replace(performance, { now: clock })
  replace(Date, { now: () => begun + Math.floor(clock()) })
  replace(Math, { random: () => timeline.random.next() })
  replace(builtIn('node:crypto'), { randomUUID: uuid })
  replace(globalThis.crypto, { randomUUID: uuid })
  syncBuiltinESMExports()
}
