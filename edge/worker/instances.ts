/**
 * Chooses the web instance. One that does not answer is asked how it is: a busy one says so at once, a frozen one
 * says nothing, and then the next instance is asked what can be asked twice.
 */
import type { Environment } from './environment.ts'
import { orLate } from './orLate.ts'

/** Milliseconds without the head of an answer after which the instance is asked how it is. */
const SILENT_MS = 1_000
/** Milliseconds for that: it touches neither a store nor Next. */
const HEALTH_MS = 750
/** Milliseconds that an instance which failed is asked last. */
const LAST_FOR_MS = 3_000

/** When this isolate may ask each failed instance in its turn again. */
const failed = new Map<string, number>()
let turn = 0

/** @returns where the web instances answer; on Cloudflare one address, behind which they are */
export function originsOf({ ORIGIN }: Environment): string[] {
  return ORIGIN.split(',').map((origin) => origin.trim())
}

function inTurn(origins: readonly string[]): string[] {
  const now = Date.now()
  turn = (turn + 1) % origins.length
  const rotated = [...origins.slice(turn), ...origins.slice(0, turn)]
  const isLast = (origin: string) => (failed.get(origin) ?? 0) > now
  return [...rotated.filter((origin) => !isLast(origin)), ...rotated.filter(isLast)]
}

async function answersForItself(origin: string): Promise<boolean> {
  try {
    const answer = await fetch(`${origin}/api/health`, { cache: 'no-store', signal: AbortSignal.timeout(HEALTH_MS) })
    await answer.body?.cancel()
    return true
  } catch {
    return false
  }
}

async function fetchUnlessFrozen(
  origin: string,
  path: string,
  init: RequestInit,
  bound: AbortSignal,
): Promise<Response> {
  const frozen = new AbortController()
  const asking = fetch(origin + path, { ...init, signal: AbortSignal.any([bound, frozen.signal]) })
  for (;;) {
    const head = await orLate(asking, SILENT_MS)
    if (head) return head
    const alive = await Promise.race([asking.then(() => true), answersForItself(origin)])
    if (alive) continue
    frozen.abort()
    asking.catch(() => undefined)
    throw new Error(`${origin} does not answer`)
  }
}

/**
 * Asks the shop, at the first of its instances that answers.
 * @param bound ends the wait
 * @throws when none answers in time. A request other than GET and HEAD is sent once: it may have been done
 */
export async function askShop(
  env: Environment,
  path: string,
  init: RequestInit,
  bound: AbortSignal,
): Promise<Response> {
  const origins = originsOf(env)
  const [only = ''] = origins
  if (origins.length === 1) return fetch(only + path, { ...init, signal: bound })
  const repeatable = init.method === undefined || init.method === 'GET' || init.method === 'HEAD'
  let failure: unknown = new Error('no web instance answers')
  for (const origin of inTurn(origins)) {
    if (!repeatable) {
      if (await answersForItself(origin)) return fetch(origin + path, { ...init, signal: bound })
    } else {
      try {
        return await fetchUnlessFrozen(origin, path, init, bound)
      } catch (error) {
        if (bound.aborted) throw error
        failure = error
      }
    }
    failed.set(origin, Date.now() + LAST_FOR_MS)
  }
  throw failure
}
