/** Limits the cost of a stranger for the shop. Stands behind the page cache, in front of everything that has to be made for the request. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { env } from '#lib/platform/env.ts'
import { settledAddress } from '#lib/platform/http/clientAddress.ts'
import { NetworkThrottle } from '#lib/platform/http/networkThrottle.ts'
import { indexRedis } from '#lib/platform/redis.ts'
import { redisKeys } from '#lib/platform/redisKeys.ts'
import { costOf, isStream } from './requestCost.ts'
import { refuse } from './refuse.ts'
import { StreamCaps } from './streamCaps.ts'

const WINDOW_S = 60
/** The share of a minute's points that a network may use within ten seconds, so that no burst of searches takes all at once. */
const BURST = { share: 1 / 4, seconds: 10 }
const STREAM_MAX_AGE_MS = 15 * 60_000
/** A tab that got none comes back by itself. */
const STREAM_RETRY_S = 30
/** About 20 KB each. */
const STREAMS_OF_A_PROCESS = 5_000

export class VisitorLimits {
  readonly #throttle: NetworkThrottle
  readonly #streams: StreamCaps

  constructor() {
    const { REQUESTS_PER_NETWORK, REQUESTS_IN_TOTAL, STREAMS_PER_NETWORK } = env()
    this.#throttle = new NetworkThrottle(
      redisKeys.requests,
      {
        burst: { points: Math.ceil(REQUESTS_PER_NETWORK * BURST.share), seconds: BURST.seconds },
        network: { points: REQUESTS_PER_NETWORK, seconds: WINDOW_S },
        total: { points: REQUESTS_IN_TOTAL, seconds: WINDOW_S },
      },
      indexRedis(),
    )
    this.#streams = new StreamCaps({
      perNetwork: STREAMS_PER_NETWORK,
      inTotal: STREAMS_OF_A_PROCESS,
      maxAgeMs: STREAM_MAX_AGE_MS,
    })
  }

  /** @returns whether the request asks for too much, and so is answered */
  async refuse(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const { url = '' } = request
    const address = settledAddress(request)
    // First, for it costs nothing: tabs that are refused come back.
    if (isStream(url) && !this.#streams.admit(address, response)) {
      const message = 'Too many streams are open from this network. Please close some.'
      return refuse(request, response, 429, { code: 'too_many_streams', message, retryAfterS: STREAM_RETRY_S })
    }
    const cost = costOf(url)
    if (cost === 0) return false
    const admission = await this.#throttle.admit(address, cost)
    if (admission.admitted) return false
    const { retryAfterS } = admission
    const message = `Too many requests. Please try again in ${retryAfterS} seconds.`
    return refuse(request, response, 429, { code: 'too_many_requests', message, retryAfterS })
  }
}
