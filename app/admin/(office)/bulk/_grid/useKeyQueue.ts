import { useEffect, useState } from 'react'
import type { Key } from './gridKeys.ts'

/** More than a person types while a page of rows is on its way. */
const MOST_KEYS = 200

interface KeyQueue {
  /** @param now whether this key has to wait. @returns whether it does, as each behind one that waits does */
  readonly keep: (key: Key, now: boolean) => boolean
  readonly drop: () => void
}

/**
 * Keys that were pressed while rows were on their way: pressed again, one after the other, once they are there.
 * @param waiting whether rows are on their way
 * @param press what a key does
 */
export function useKeyQueue(waiting: boolean, press: (key: Key) => void): KeyQueue {
  const [queue, setQueue] = useState<readonly Key[]>([])
  const [first] = queue
  useEffect(() => {
    if (waiting || !first) return
    press(first)
    setQueue((keys) => keys.slice(1))
    // oxlint-disable-next-line react/exhaustive-deps -- each key is pressed once, in what the one before has made
  }, [waiting, first])
  return {
    keep: (key, now) => {
      if (!now && queue.length === 0) return false
      setQueue((keys) => [...keys, key].slice(0, MOST_KEYS))
      return true
    },
    drop: () => setQueue([]),
  }
}
