import { unstable_rethrow } from 'next/navigation'
import type { ReactNode } from 'react'
import { sayStatus } from '#lib/platform/http/saidStatus.ts'
import { isStoreAway } from '#lib/platform/storeErrors.ts'

/** Seconds. */
const RETRY_AFTER_S = 1

/**
 * A page that is rendered whole on each request. Where it fails, Next sends the error page with 200: this says that it failed, and
 * whether asking again helps.
 */
export function wholePage<Props>(page: (props: Props) => Promise<ReactNode>): (props: Props) => Promise<ReactNode> {
  return async (props) => {
    try {
      return await page(props)
    } catch (error) {
      unstable_rethrow(error)
      if (isStoreAway(error)) sayStatus(503, RETRY_AFTER_S)
      else sayStatus(500)
      throw error
    }
  }
}
