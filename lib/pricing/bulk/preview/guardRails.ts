/** When a change of one price is so large, or its result so low, that somebody must say that it is meant. */

/** A price below this share of what the product cost 30 days ago is below its floor: small steps add up to a large one. */
export const FLOOR_PERCENT = 50

/** Strictly more than so many percent of the old price, up or down. */
export function isBeyond(oldCents: number, newCents: number, percent: number): boolean {
  return Math.abs(newCents - oldCents) * 100 > percent * oldCents
}

/** Only a price that goes down can fall below its floor. @param usualCents what it cost 30 days ago */
export function isBelowUsual(oldCents: number, usualCents: number, newCents: number): boolean {
  return newCents < oldCents && newCents * 100 < usualCents * FLOOR_PERCENT
}
