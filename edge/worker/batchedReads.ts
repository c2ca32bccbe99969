/**
 * Reads of KV that wait at the same moment are one call: nearly all visitors ask for the same keys. No visitor gets a read
 * that began before it asked: one that comes while a read is under way shares the next.
 */
import { waitUntil } from 'cloudflare:workers'
import type { Environment } from './environment.ts'
import { orLate } from './orLate.ts'

type Found = ReadonlyMap<string, string | null>

const KEYS_A_CALL = 100
/** Milliseconds after which a visitor reads by itself: the read for all may have been cut off. */
const PATIENCE_MS = 2_000

async function read(env: Environment, keys: readonly string[]): Promise<Found> {
  const parts: string[][] = []
  for (let at = 0; at < keys.length; at += KEYS_A_CALL) parts.push(keys.slice(at, at + KEYS_A_CALL))
  const found = await Promise.all(parts.map((part) => env.VERSIONS.get(part)))
  return new Map(found.flatMap((map) => [...map]))
}

interface Batch {
  readonly keys: Set<string>
  readonly found: Promise<Found | undefined>
}

let underWay: Promise<unknown> | undefined
let next: Batch | undefined

function begin(env: Environment): Batch {
  const keys = new Set<string>()
  const before = underWay ?? Promise.resolve()
  const found = before
    .then(() => {
      if (next === batch) next = undefined // later callers are too late for this batch
      return read(env, [...keys])
    })
    .catch(() => undefined)
  const batch: Batch = { keys, found }
  underWay = found
  waitUntil(found) // others wait for it, even if this visitor leaves
  return batch
}

/** @returns the values of `keys` (and of others), as KV has them after this call began */
export async function readBatched(env: Environment, keys: readonly string[]): Promise<Found> {
  next ??= begin(env)
  for (const key of keys) next.keys.add(key)
  const batch = next
  const found = await orLate(batch.found, PATIENCE_MS)
  if (found) return found
  // Later visitors begin a new read.
  if (next === batch) next = undefined
  if (underWay === batch.found) underWay = undefined
  return read(env, keys)
}
