/** One fault in the middle of a history: readers and writers at work before, during and after it. */
import { setTimeout as wait } from 'node:timers/promises'
import { LEASE_MS } from '../../lease/bounds.ts'
import { environment } from '../../support/environment.ts'
import { SQL_LIVE_WITHIN_MS } from '../outage.ts'
import { run, type Beside, type RunResult } from '../run.ts'
import { converged, type Convergence } from './converged.ts'
import type { Fault, Fleet } from './fleets.ts'
import type { FaultName } from './names.ts'

/** From a commit during a fault, by any way, until no answer may be older: it waits, or it is a 503. */
const SHOWN_UNDER_FAULT_MS = LEASE_MS + SQL_LIVE_WITHIN_MS
const CALM_MS = 2_000
const LOCALES = ['en', 'de'] as const

export interface FaultResult {
  readonly name: FaultName
  readonly result: RunResult
  readonly convergence: Convergence
}

/** An edit that certainly falls into the fault, where it lasts. */
async function duringFault({ writers, products }: Beside, { lastsMs }: Fault): Promise<void> {
  if (lastsMs > 0) await writers.post('editor during the fault', products.slice(0, 1))
}

/** Calm, the fault, its end, calm again. @throws when the shop does not come back at all */
export async function runUnderFault(fleet: Fleet, name: FaultName): Promise<FaultResult> {
  const fault = fleet.fault(name)
  const converging = { web: fleet.shop.web, databaseUrl: fleet.databaseUrl }
  let convergence: Convergence | undefined
  let failure: unknown
  const result = await run({
    origins: fleet.shop.web.map(({ url }) => url),
    databaseUrl: fleet.databaseUrl,
    email: environment.ADMIN_EMAIL,
    password: environment.ADMIN_PASSWORD,
    locales: LOCALES,
    reads: Infinity,
    readsAnEdit: 40,
    clients: 9,
    products: 6,
    sticky: true,
    storesFail: { web: SHOWN_UNDER_FAULT_MS },
    async beside(beside) {
      try {
        beside.outage.begin()
        await converged(beside, converging) // pages are rendered
        beside.outage.heal()
        await wait(CALM_MS)
        beside.outage.begin()
        await wait(SQL_LIVE_WITHIN_MS)
        await fault.begin()
        await Promise.all([wait(fault.lastsMs), duringFault(beside, fault)])
        await fault.heal()
        convergence = await converged(beside, converging)
        beside.outage.heal()
        await wait(CALM_MS)
      } catch (error) {
        failure = error
      } finally {
        beside.stop()
      }
    },
  })
  await fault.restore?.()
  if (!convergence) throw new Error(`${name}: the run did not come to its end`, { cause: failure })
  return { name, result, convergence }
}
