/**
 * Asserts that a read shows nothing older than a read that had ended before it began, of any client. With the floor of what is live and
 * the beginnings of writes that makes the history of each row linearizable (`checkerModel.test.ts`).
 *
 * A web instance brings to the index what it shows, before it sends it (docs/architecture/freshness.md), so this holds for all of them
 * together, and for an edge that hears what is published. One that is cut off is promised what is live, what it has shown itself, and what
 * any of them had shown before: until its trust ends it does not know what web instances show.
 */
import { Floor } from './floor.ts'
import type { Read, Shown } from './history.ts'

type Short = Omit<Read, 'shown' | 'torn'>
type Floors = Map<number, Floor<Short>>

function raise(floors: Floors, productId: number, version: number, read: Short): void {
  const floor = floors.get(productId) ?? new Floor()
  floors.set(productId, floor)
  floor.raise(read.end, version, read)
}

/** An edge among the instances of the reads. */
export interface Edge {
  readonly origin: string
  /** @returns when the time began in which it may be cut off and which `at` falls into; undefined outside of such times */
  cutOffSince(at: number): number | undefined
}

/** Prices that were older than what a read had shown before, where that is allowed. */
export interface Behind {
  /** From the edge: older than what a web instance had shown. */
  readonly edge: number
  /** From an answer marked STALE: newer than what was shown before its process confirmed it. */
  readonly stale: number
}

export class Overtaken {
  readonly #edge: Edge | undefined
  readonly #everywhere: Floors = new Map()
  readonly #atEdge: Floors = new Map()
  readonly #behind = { edge: 0, stale: 0 }

  constructor(edge?: Edge) {
    this.#edge = edge
  }

  get behind(): Behind {
    return { ...this.#behind }
  }

  /** The number of things kept. */
  get size(): number {
    const floors = [...this.#everywhere.values(), ...this.#atEdge.values()]
    return floors.reduce((sum, floor) => sum + floor.size, 0)
  }

  /** A read has ended, and has been judged. */
  showed(read: Short, { productId, version }: Shown): void {
    raise(this.#everywhere, productId, version, read)
    if (read.instance === this.#edge?.origin) raise(this.#atEdge, productId, version, read)
  }

  /**
   * @param asOf when what the read shows was confirmed, in milliseconds
   * @returns the newest that a read had shown before that, if `read` shows less and may not
   */
  judge(read: Short, { productId, version }: Shown, asOf: number): { version: number; by: Short } | undefined {
    const isAtEdge = read.instance === this.#edge?.origin
    const knownUntil = (isAtEdge ? this.#edge?.cutOffSince(read.start) : undefined) ?? Infinity
    const newest = [
      this.#everywhere.get(productId)?.at(Math.min(asOf, knownUntil)),
      isAtEdge ? this.#atEdge.get(productId)?.at(asOf) : undefined,
    ].reduce((one, other) => ((other?.version ?? 0) > (one?.version ?? 0) ? other : one))
    if (newest && newest.version > version) return { version: newest.version, by: newest.cause }
    if ((this.#everywhere.get(productId)?.at(read.start)?.version ?? 0) <= version) return undefined
    this.#behind[isAtEdge ? 'edge' : 'stale']++
    return undefined
  }
}
