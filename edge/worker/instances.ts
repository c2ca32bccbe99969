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
/** Milliseconds that visitors wait for one of several instances that do not even say how they are: they may be busy rather than frozen. */
const BUSY_MS = 5_000
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

/** A question that an instance has not answered yet. */
interface Asked {
  readonly answer: Promise<Response>
  readonly giveUp: AbortController
}

function question(url: string, init: RequestInit, bound: AbortSignal): Asked {
  const giveUp = new AbortController()
  const answer = fetch(url, { ...init, signal: AbortSignal.any([bound, giveUp.signal]) })
  answer.catch(() => undefined)
  return { answer, giveUp }
}

/** @returns undefined where the instance neither answers nor says how it is */
async function unlessSilent({ answer }: Asked, origin: string): Promise<Response | undefined> {
  for (;;) {
    const head = await orLate(answer, SILENT_MS)
    if (head) return head
    if (!(await Promise.race([answer.then(() => true), answersForItself(origin)]))) return undefined
  }
}

/** @returns the first answer of those that were silent; undefined where none comes */
async function firstOf(silent: readonly Asked[]): Promise<Response | undefined> {
  const answered = silent.map(async (one) => {
    await one.answer
    return one
  })
  const first = await orLate(
    Promise.any(answered).catch(() => undefined),
    BUSY_MS,
  )
  for (const one of silent) if (one !== first) one.giveUp.abort()
  return first?.answer
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
  let failure: unknown
  const silent: Asked[] = []
  for (const origin of inTurn(origins)) {
    if (!repeatable) {
      if (await answersForItself(origin)) return fetch(origin + path, { ...init, signal: bound })
    } else {
      const asked = question(origin + path, init, bound)
      try {
        const answer = await unlessSilent(asked, origin)
        if (answer) {
          for (const one of silent) one.giveUp.abort()
          return answer
        }
        silent.push(asked)
      } catch (error) {
        if (bound.aborted) throw error
        failure = error
      }
    }
    failed.set(origin, Date.now() + LAST_FOR_MS)
  }
  const late = await firstOf(silent)
  if (!late) throw new Error('no web instance answers', { cause: failure })
  return late
}
