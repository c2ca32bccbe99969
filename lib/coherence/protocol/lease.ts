/**
 * The index lease: when a process may believe what stands in Redis. docs/decisions/index-lease.md says why it holds; Spin searches
 * the model in docs/architecture/model exhaustively.
 */

/** Milliseconds, all of them on the clock of the process that waits. */
export interface LeaseTimes {
  /** A lease lives so long, and a process believes it so long. */
  readonly leaseMs: number
  /** From one refresh to the next. */
  readonly refreshMs: number
  /** When this has passed since the last refresh that Postgres counted, no process believes a lease any more. */
  readonly waitMs: number
  /** When this has passed since a server was found without its lease, no process believes that lease any more. */
  readonly goneMs: number
}

export const LEASE_MS = 2_000
/** The part of both lease times for the drift between clocks, and for the time from a clock to a command. */
const MARGIN = 0.05
const REFRESHES_A_LEASE = 4

export function leaseTimes(leaseMs: number): LeaseTimes {
  const goneMs = leaseMs * (1 + MARGIN)
  return { leaseMs, refreshMs: leaseMs / REFRESHES_A_LEASE, waitMs: 2 * goneMs, goneMs }
}

/**
 * The name of a lease, `{term} {server}`. Its term alone is not enough: a source that has lost the beginning of a term may use the number
 * again, on another server.
 */
export function leaseNameOf({ term, server }: { readonly term: number; readonly server: string }): string {
  return `${term} ${server}`
}

/** The statement of a Redis answer about the lease. */
export interface LeaseSeen {
  /** Empty when none lives on the server that answered. */
  readonly name: string
  /** A counter that starts at 1 with each lease. */
  readonly nonce: number
}

/** With what a poll reads besides. */
export interface PolledLease extends LeaseSeen {
  /** Changes were committed that the last refresh has left out: what is current only the source knows. */
  readonly behind: boolean
}

export const NO_LEASE: PolledLease = { name: '', nonce: 0, behind: false }

/** @param text as `redis/lease.lua` spells it */
export function parseLease(text: string): PolledLease {
  const [term = '', nonce, server = '', behind] = text.split(' ')
  return { name: `${term} ${server}`, nonce: Number(nonce), behind: behind === 'behind' }
}

/**
 * Whether this process may believe the index. A nonce that it has seen replaced proves that the lease was extended after its own
 * earlier poll, so after a scan of the outbox that began then or later.
 */
export class Belief {
  readonly #leaseMs: number
  readonly #now: () => number
  #seen: LeaseSeen = NO_LEASE
  /** When the last poll was sent that returned the nonce as it is now. */
  #sameSentAt = -Infinity
  /** When the last poll was sent that returned a lower nonce of the lease. */
  #lowerSentAt = -Infinity
  #changedAt = -Infinity

  /** @param now milliseconds of a clock that only goes forward */
  constructor(leaseMs: number, now = () => performance.now()) {
    this.#leaseMs = leaseMs
    this.#now = now
  }

  /**
   * Takes an answer of Redis into account. Answers come in the order in which they were asked for.
   * @param sentAt when the command was sent
   * @returns whether what else the answer says may be believed
   */
  saw(lease: LeaseSeen, sentAt: number): boolean {
    const { name, nonce } = lease
    if (name === '') return false
    if (name !== this.#seen.name) {
      this.#lowerSentAt = -Infinity
      this.#become(lease, sentAt)
    } else if (nonce > this.#seen.nonce) {
      this.#lowerSentAt = this.#sameSentAt
      this.#become(lease, sentAt)
    } else if (nonce < this.#seen.nonce) return false
    else this.#sameSentAt = Math.max(this.#sameSentAt, sentAt)
    return this.holds
  }

  /** Whether an answer that comes now would be believed if the lease is the one that was seen last. */
  get holds(): boolean {
    return this.remainingMs > 0
  }

  /** Milliseconds for which it holds without another answer. */
  get remainingMs(): number {
    return this.#lowerSentAt + this.#leaseMs - this.#now()
  }

  /** The name of the lease that was seen last; empty: none was. */
  get lease(): string {
    return this.#seen.name
  }

  /** The term of that lease, 0 without one. */
  get term(): number {
    return Number(this.#seen.name.split(' ')[0])
  }

  get nonce(): number {
    return this.#seen.nonce
  }

  /** Milliseconds since the nonce changed, as this process saw it. */
  get unchangedMs(): number {
    return this.#now() - this.#changedAt
  }

  #become(lease: LeaseSeen, sentAt: number): void {
    this.#seen = lease
    this.#sameSentAt = sentAt
    this.#changedAt = this.#now()
  }
}

/** When a value was first seen as it is now: waits of the protocol begin there. */
export class Unchanged<T> {
  readonly #now: () => number
  #value: T | undefined
  #since = -Infinity

  constructor(now = () => performance.now()) {
    this.#now = now
  }

  /** @param value in an answer that has just come; undefined: there is none */
  saw(value: T | undefined): void {
    if (value === this.#value) return
    this.#value = value
    this.#since = this.#now()
  }

  get value(): T | undefined {
    return this.#value
  }

  /** Milliseconds. */
  get forMs(): number {
    return this.#value === undefined ? 0 : this.#now() - this.#since
  }
}
