/**
 * Ours, not `p-timeout`: the Worker is a handful of modules without a package.
 * @returns what `promise` becomes, undefined when that takes longer than `ms` milliseconds
 * @throws what it fails with in that time
 */
export async function orLate<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(resolve, ms)
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
