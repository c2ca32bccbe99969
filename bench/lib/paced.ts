import { setTimeout as wait } from 'node:timers/promises'

const TURN_MS = 5

/**
 * Starts `start` so many times a second, for `seconds`, never more than `most` at once, and waits for those under way.
 * Late starts are made up for as soon as there is room.
 * @returns how many were started: fewer than asked for, where they were too slow
 */
export async function paced(
  aSecond: number,
  seconds: number,
  most: number,
  start: (i: number) => Promise<void>,
): Promise<number> {
  const under = new Set<Promise<void>>()
  const begin = performance.now()
  const all = aSecond * seconds
  let started = 0
  for (let due = 0; due < all;) {
    const passed = (performance.now() - begin) / 1_000
    due = Math.min(all, Math.floor(passed * aSecond))
    const behind = due - started
    for (let i = 0; i < behind && under.size < most; i++) {
      const one: Promise<void> = start(started++).finally(() => under.delete(one))
      under.add(one)
    }
    if (passed > seconds) break
    await wait(TURN_MS)
  }
  await Promise.all(under)
  return started
}
