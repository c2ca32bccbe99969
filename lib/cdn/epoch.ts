/**
 * The name of an edge's index. It begins with the time of its creation. An edge shows no page that it requested before
 * that time.
 */

/** @param now milliseconds since 1970 */
export function newEpoch(now: number): string {
  return `${Math.round(now)}-${crypto.randomUUID()}`
}

/** @returns milliseconds since 1970; 0 for a name that says nothing of it */
export function epochBornAt(epoch: string): number {
  return Number(/^(\d{13})-/.exec(epoch)?.[1] ?? 0)
}
