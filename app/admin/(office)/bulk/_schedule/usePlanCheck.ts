import { useEffect, useState } from 'react'
import type { PlanCheck, ScheduleTimes } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { callApi } from '../_lib/bulkApi.ts'

/** A person who still types asks for nothing. */
const SETTLE_MS = 250

/**
 * What the times would bring, asked anew as they change.
 * @param path of the dry run
 * @param times undefined while they are not complete
 * @returns `checking` until the answer for these times is there; a check that fails holds nothing up
 */
export function usePlanCheck(
  path: string,
  times: ScheduleTimes | undefined,
): { readonly plan: PlanCheck | undefined; readonly checking: boolean } {
  const wanted = times === undefined ? '' : JSON.stringify(times)
  const [answer, setAnswer] = useState<{ readonly to: string; readonly plan: PlanCheck | undefined }>()
  useEffect(() => {
    if (wanted === '') return undefined
    const leaving = new AbortController()
    const timer = setTimeout(() => {
      callApi<PlanCheck>('POST', path, JSON.parse(wanted), leaving.signal)
        .then((found) => setAnswer({ to: wanted, plan: found.ok ? found.value : undefined }))
        .catch(() => undefined) // the times have changed
    }, SETTLE_MS)
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }, [path, wanted])
  const current = answer?.to === wanted ? answer : undefined
  return { plan: current?.plan, checking: wanted !== '' && current === undefined }
}
