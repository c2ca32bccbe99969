import { useEffect, useState } from 'react'
import type { PlanCheck, ScheduleTimes } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import type { Answered } from '../../../_lib/adminApi.ts'

/** A person who still types asks for nothing. */
const SETTLE_MS = 250

/** The effect of times. It stays the same from render to render. */
export type CheckTimes = (times: ScheduleTimes, signal: AbortSignal) => Promise<Answered<PlanCheck>>

/**
 * The effect of the times, asked anew as they change.
 * @param check the dry run
 * @param times undefined while they are not complete
 * @returns `checking` until the answer for these times is there; a check that fails holds nothing up
 */
export function usePlanCheck(
  check: CheckTimes,
  times: ScheduleTimes | undefined,
): { readonly plan: PlanCheck | undefined; readonly checking: boolean } {
  const wanted = times === undefined ? '' : JSON.stringify(times)
  const [answer, setAnswer] = useState<{ readonly to: string; readonly plan: PlanCheck | undefined }>()
  useEffect(() => {
    if (wanted === '') return undefined
    const leaving = new AbortController()
    const timer = setTimeout(() => {
      check(JSON.parse(wanted), leaving.signal)
        .then((found) => setAnswer({ to: wanted, plan: found.ok ? found.value : undefined }))
        .catch(() => undefined) // the times have changed
    }, SETTLE_MS)
    return () => {
      clearTimeout(timer)
      leaving.abort()
    }
  }, [check, wanted])
  const current = answer?.to === wanted ? answer : undefined
  return { plan: current?.plan, checking: wanted !== '' && current === undefined }
}
