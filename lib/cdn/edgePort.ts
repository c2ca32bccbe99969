/** The interface of an edge, which keeps pages in front of the shop. A process sets its edge once, when it starts. */
import type { VersionedTag } from '#lib/coherence/tags.ts'

export interface EdgePort {
  readonly name: string
  /** The address for shoppers: what a browser types, without a slash at the end. */
  readonly url: string
  /**
   * True where a read that starts after `publish` has settled is answered from it, and no page is kept that was under way. Such an
   * edge hears of a version before the edit is acknowledged; for another the job's purge is what counts.
   */
  readonly immediate: boolean
  /**
   * Publishes versions to the edge, in as many calls as they take. Never lowers one.
   * @param confirmedAgeMs when given: everything committed so many milliseconds ago is published
   * @throws {EdgeError} with the vendor's answer
   */
  publish(versions: readonly VersionedTag[], confirmedAgeMs?: number): Promise<void>
  /**
   * For an edge that may leave many versions to the shop: to be called after `publish`, as soon as the fleet's index has
   * them. An answer that was asked for in between may show either, and is not kept.
   * @param versions the very list that was published; with another one more is dropped than need be
   * @throws {EdgeError} with the vendor's answer
   */
  settle?(versions: readonly VersionedTag[]): Promise<void>
  /** Drops what carries any of `tags`. @throws {EdgeError} with the vendor's answer */
  purge(tags: readonly string[]): Promise<void>
}

const HOLDER = Symbol.for('evergreen.edge')

/** Undefined where there is none. */
export function edge(): EdgePort | undefined {
  return Reflect.get(globalThis, HOLDER)
}

/** Also for copies of this module that Next has bundled. */
export function useEdge(port: EdgePort | undefined): void {
  Reflect.set(globalThis, HOLDER, port)
}
