/** Looks at so many rounds. */
const ROUNDS = 5
/** A few rows are what is on its way. */
const AT_LEAST = 20

/**
 * Whether a backlog only grows, by half or more, over the last rounds: a bulk edit fills the outbox at once and then
 * drains, and that is no growth.
 * @param sizes of the last rounds, the oldest first; `size` is added, the oldest dropped
 */
export function growing(sizes: number[], size: number): boolean {
  sizes.push(size)
  if (sizes.length > ROUNDS) sizes.shift()
  const [first = 0] = sizes
  return (
    sizes.length === ROUNDS &&
    size >= AT_LEAST &&
    size >= first * 1.5 &&
    sizes.every((value, i) => i === 0 || value > (sizes[i - 1] ?? 0))
  )
}
