/**
 * Limits how many pages that are rendered for one request, such as searches, Next renders at the same time. A page hit
 * waits while a render uses the thread, so only few renders may run between two hits. The back office has a limiter of
 * its own, which strangers cannot use up.
 */
import type { IncomingMessage } from 'node:http'
import pTimeout from 'p-timeout'
import { RenderLimiter } from '#lib/coherence/next.ts'
import { costOf, isStream } from './requestCost.ts'

const QUEUE = { withinMs: 8_000, mostWaiting: 100 }
/** Milliseconds. A client that reads slowly has its answer for longer, but the thread no more. */
const LONGEST_HELD_MS = 500
/** Beside a flood of searches a hit took 96 ms in the median with one at a time, and 7.9 s with two, on a machine that was busy. */
const STORE_AT_ONCE = 1
const BACK_OFFICE = /^\/(?:admin|api\/auth)(?:\/|\?|$)/

export class RequestRenderLimiter {
  readonly #store: RenderLimiter
  readonly #backOffice: RenderLimiter

  /** @param officeAtOnce requests of the back office that Next answers at the same time; those of the store are answered one by one */
  constructor(officeAtOnce: number) {
    this.#store = new RenderLimiter({ atOnce: STORE_AT_ONCE, ...QUEUE })
    this.#backOffice = new RenderLimiter({ atOnce: officeAtOnce, ...QUEUE })
  }

  /** @throws {FreshnessError} NO_TURN when too many wait */
  async take({ method, url = '' }: IncomingMessage, answer: () => Promise<void>): Promise<void> {
    // A request with a body would hold a place while the body is still on its way.
    if ((method !== 'GET' && method !== 'HEAD') || costOf(url) === 0 || isStream(url)) return answer()
    const limiter = BACK_OFFICE.test(url) ? this.#backOffice : this.#store
    let answered: Promise<void> | undefined
    await limiter.take(async () => {
      answered = answer()
      await pTimeout(answered, { milliseconds: LONGEST_HELD_MS, message: false }).catch(() => undefined)
    })
    await answered
  }
}
