import { isStoreAway } from '#lib/platform/storeErrors.ts'
import { webReadiness } from '#lib/web/webReadiness.ts'

/**
 * A route that reads Postgres: while that is away, or what it has may not be shown yet, the answer says so and when to ask again, and
 * no cache keeps it.
 * Every other error stays one.
 * @example export const GET = orUnavailable(async () => Response.json(await currentRecommendations()))
 */
export function orUnavailable<A extends unknown[]>(
  answer: (...args: A) => Promise<Response>,
): (...args: A) => Promise<Response> {
  return async (...args) => {
    try {
      return await answer(...args)
    } catch (error) {
      // Of what a cached function throws Next hands on no more than a number.
      if (!isStoreAway(error) && (await webReadiness()).checks['postgres'] === 'ok') throw error
      return new Response('The shop cannot confirm this right now. Please try again in a moment.\n', {
        status: 503,
        headers: { 'Cache-Control': 'no-store', 'Retry-After': '1', 'Content-Type': 'text/plain; charset=utf-8' },
      })
    }
  }
}
