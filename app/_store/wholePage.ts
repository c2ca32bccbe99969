import { unstable_rethrow } from 'next/navigation'
import { connection } from 'next/server'
import type { ReactNode } from 'react'
import { setAnswerStatus } from '#lib/platform/http/answerStatus.ts'
import { readiness } from '#lib/platform/process/health.ts'
import { isStoreAway } from '#lib/platform/storeErrors.ts'
import { webParts } from '#lib/web/parts.ts'

/** Seconds. */
const RETRY_AFTER_S = 1

/** Next passes on no more than a number of an error from a cached function. */
const isAway = async (error: unknown): Promise<boolean> =>
  isStoreAway(error) || (await readiness(webParts())).checks['postgres'] !== 'ok'

/**
 * Reads the catalog for the frame around such a page. Where a store is away the answer says so, and the page itself shows it.
 * @param nothing shown in its place @throws where the page would be kept
 */
export async function orNothing<T>(read: Promise<T>, nothing: T): Promise<T> {
  try {
    return await read
  } catch (error) {
    unstable_rethrow(error)
    if (!(await isAway(error)) || !setAnswerStatus(503, RETRY_AFTER_S)) throw error
    return nothing
  }
}

/**
 * A page that is rendered whole on each request. Where it fails, Next sends the error page with 200: this says that it failed, and
 * whether asking again helps.
 */
export function wholePage<Props>(page: (props: Props) => Promise<ReactNode>): (props: Props) => Promise<ReactNode> {
  return async (props) => {
    // Next renders such a page a second time, for later navigations, up to here: else each search would search twice.
    await connection()
    try {
      return await page(props)
    } catch (error) {
      unstable_rethrow(error)
      if (await isAway(error)) setAnswerStatus(503, RETRY_AFTER_S)
      else setAnswerStatus(500)
      throw error
    }
  }
}
