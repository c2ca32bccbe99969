/** Chance from a seed: the same choices in each run. */
import { mulberry32 } from '../../tools/figures/mulberry32.ts'

export class Random {
  /** @returns at least 0 and below 1 */
  readonly next: () => number

  constructor(seed: number) {
    this.next = mulberry32(Math.imul(seed + 1, 0x9e3779b9))
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least)
  }

  /** @param most not reached */
  below(most: number): number {
    return Math.floor(this.next() * most)
  }

  /** @param share of all times in which it is true */
  happens(share: number): boolean {
    return this.next() < share
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error('there is nothing to pick from')
    return item
  }

  /** @returns some of them, at least one, in the order in which they stand */
  some<T>(items: readonly T[], most: number): T[] {
    const left = items.map((_, i) => i)
    const count = 1 + this.below(Math.min(most, items.length))
    const taken = Array.from({ length: count }, () => left.splice(this.below(left.length), 1)[0] ?? 0)
    return items.filter((_, i) => taken.includes(i))
  }
}
