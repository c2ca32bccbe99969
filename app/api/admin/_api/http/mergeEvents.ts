import type { StreamEvent } from './eventStream.ts'

/** The events of several sources, each as it comes. Ends when all have ended; fails with the first that fails. */
export async function* mergeEvents(sources: readonly AsyncIterator<StreamEvent>[]): AsyncGenerator<StreamEvent> {
  const next = async (source: AsyncIterator<StreamEvent>) => ({ source, result: await source.next() })
  const waiting = new Map(sources.map((source) => [source, next(source)]))
  try {
    while (waiting.size > 0) {
      const { source, result } = await Promise.race(waiting.values())
      if (result.done) {
        waiting.delete(source)
      } else {
        yield result.value
        waiting.set(source, next(source))
      }
    }
  } finally {
    for (const source of waiting.keys()) void source.return?.()?.catch(() => undefined)
    for (const answer of waiting.values()) answer.catch(() => undefined)
  }
}
