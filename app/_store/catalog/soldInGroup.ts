import type { ListedCard } from '#lib/catalog/rows.ts'
import type { ShownPrice } from '#lib/money/price.ts'

/**
 * The prices that a card is made from: of all products of its group that are sold, its own first.
 * @returns one where it has no group, or is alone in it
 */
export function soldInGroup({ id, price, group }: ListedCard): readonly ShownPrice[] {
  const others = group?.members.filter((member) => member.id !== id) ?? []
  return [price, ...others.map((member) => member.price)]
}

/** The colours of all that are sold of its group. */
export function coloursOf({ group }: ListedCard): string[] {
  return [...new Set(group?.members.flatMap(({ colour }) => colour ?? []))]
}
