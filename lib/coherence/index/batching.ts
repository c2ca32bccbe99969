/** Two ways to answer many calls with one look-up. A look-up never answers a call that came after it began. */

/**
 * Joins the calls of one turn of the event loop: all requests that arrived together. Any number of batches may be under
 * way, so that no batch waits for another. For look-ups that cost the server little.
 * A bound of two saves nothing: a busy process has long turns, and batches of ten calls with 16 connections and of thirty with 64, with
 * the bound and without.
 *
 * @param load takes the distinct keys of a batch and returns its answer, for every caller of the batch
 */
export function batchPerTick<K, R>(load: (keys: K[]) => Promise<R>): (key: K) => Promise<R> {
  let batch: { keys: Set<K>; result: Promise<R> } | undefined

  return (key) => {
    if (!batch) {
      const keys = new Set<K>()
      const result = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        batch = undefined
        return load([...keys])
      })
      batch = { keys, result }
    }
    batch.keys.add(key)
    return batch.result
  }
}

/**
 * Joins calls into batches without ever answering one from a read that began before it: a call that
 * arrives while a batch runs waits for the next. At most one batch is under way.
 *
 * @param load takes the distinct keys of a batch and returns its answer, for every caller of the batch
 * @returns a function that resolves to the answer of a batch that has its keys; it rejects when that batch failed
 */
export function serialBatch<K, R>(load: (keys: K[]) => Promise<R>): (keys: Iterable<K>) => Promise<R> {
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
