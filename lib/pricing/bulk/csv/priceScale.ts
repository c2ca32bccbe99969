/** Finds files whose prices are in another unit than the catalog: cents, thousands, or for a hundred pieces. */

/** Smaller factors are price changes. */
const SMALLEST = 2

export class PriceScale {
  #prices = 0
  /** Prices by the power of ten that lies nearest to what they are multiplied by. */
  readonly #powers = new Map<number, number>()

  add(before: number, after: number): void {
    this.#prices += 1
    const power = Math.round(Math.log10(after / before))
    if (Math.abs(power) >= SMALLEST) this.#powers.set(power, (this.#powers.get(power) ?? 0) + 1)
  }

  /** Where most prices are multiplied by the same power of ten. */
  notes(): string[] {
    return [...this.#powers].flatMap(([power, count]) => {
      if (count * 2 <= this.#prices) return []
      const factor = (10 ** Math.abs(power)).toLocaleString('en')
      const [found, question] =
        power > 0
          ? [`${factor} times what they are now`, 'Are they in cents, or for many pieces?']
          : [`1/${factor} of what they are now`, 'Are they in another unit?']
      return [
        `${count.toLocaleString('en')} of ${this.#prices.toLocaleString('en')} prices are about ${found}. ${question}`,
      ]
    })
  }
}
