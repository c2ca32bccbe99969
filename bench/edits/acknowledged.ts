/** The acknowledged versions of each price, with their times: a read that starts afterwards must show them. */

interface Acknowledgement {
  readonly version: number
  /** As `performance.now` counts. */
  readonly at: number
}

export class Acknowledged {
  readonly #byProduct = new Map<number, Acknowledgement[]>()

  /** Says that each read which starts from now on has to show at least this version. */
  add(productId: number, version: number): void {
    const known = this.#byProduct.get(productId)
    const one = { version, at: performance.now() }
    if (known) known.push(one)
    else this.#byProduct.set(productId, [one])
  }

  /**
   * @param shown version by product, as a page says
   * @param start of the read
   * @returns how long before that start the oldest edit was acknowledged that the page misses, in milliseconds; undefined when it misses none
   */
  missedFor(shown: ReadonlyMap<number, number>, start: number): number | undefined {
    let oldest: number | undefined
    for (const [id, version] of shown) {
      const missed = this.#byProduct.get(id)?.find((one) => one.version > version)
      if (missed && missed.at < start) oldest = Math.max(oldest ?? 0, start - missed.at)
    }
    return oldest
  }
}
