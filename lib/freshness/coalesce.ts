/**
 * Joins calls into batches without ever answering one from a read that began before it: a call that
 * arrives while a batch runs waits for the next. At most one batch is under way.
 *
 * @param load takes the distinct keys of a batch and returns a value for each that exists
 * @returns a function that resolves to the values of its keys; it rejects when its batch failed
 */
export function coalesced<K, V>(load: (keys: K[]) => Promise<ReadonlyMap<K, V>>): (keys: Iterable<K>) => Promise<ReadonlyMap<K, V>> {
  let waiting: { keys: Set<K>; result: Promise<ReadonlyMap<K, V>> } | undefined
  let running: Promise<unknown> = Promise.resolve()

  return (keys) => {
    if (!waiting) {
      const wanted = new Set<K>()
      const result = running.then(() => {
        waiting = undefined
        return load([...wanted])
      })
      running = result.catch(() => undefined)
      waiting = { keys: wanted, result }
    }
    for (const key of keys) waiting.keys.add(key)
    return waiting.result
  }
}
