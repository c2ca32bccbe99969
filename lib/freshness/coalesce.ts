/**
 * Joins calls into batches without ever answering one from a read that began before it: a call that
 * arrives while a batch runs waits for the next. At most one batch is under way.
 *
 * @param load takes the distinct keys of a batch and returns its answer, for whoever asked for any of them
 * @returns a function that resolves to the answer of a batch that has its keys; it rejects when that batch failed
 */
export function coalesced<K, R>(load: (keys: K[]) => Promise<R>): (keys: Iterable<K>) => Promise<R> {
  let waiting: { keys: Set<K>; result: Promise<R> } | undefined
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
