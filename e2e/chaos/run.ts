/** A history of readers, editors, sales, files and orders over faults that a seed draws, one round after the other. */
import { setTimeout as wait } from 'node:timers/promises'
import { SQL_LIVE_WITHIN_MS } from '../coherence/outage.ts'
import { run, type RunResult } from '../coherence/run.ts'
import { converged, type Convergence } from '../coherence/storeFaults/faultRun.ts'
import { environment } from '../support/environment.ts'
import { agreement, stocks, type Agreement } from './agreement.ts'
import { Campaigns, type CampaignCounts } from './campaigns.ts'
import { drawRounds, tell, type Round } from './draw.ts'
import type { Fleet } from './fleet.ts'
import { inject } from './inject.ts'
import { healedMs } from './report.ts'

const CALM_MS = 2_000
const CLIENTS = 10
const REST_MS = 100
const PRODUCTS = 6
const READS_AN_EDIT = 40
const LOCALES = ['en', 'de'] as const

export interface HealedRound {
  readonly round: Round
  readonly convergence: Convergence
}

export interface ChaosResult {
  readonly seed: number
  readonly rounds: readonly HealedRound[]
  readonly history: RunResult
  readonly campaigns: CampaignCounts
  readonly agreement: Agreement
}

/**
 * @param minutes no round begins later
 * @param say told of each round before it begins, and how long all took to heal
 * @throws when the fleet does not come back at all
 */
export async function runChaos(
  fleet: Fleet,
  { seed, minutes, say }: { seed: number; minutes: number; say: (line: string) => void },
): Promise<ChaosResult> {
  const before = await stocks(fleet.databaseUrl)
  const rounds: HealedRound[] = []
  let campaigns: Campaigns | undefined
  let failure: unknown
  const history = await run({
    origins: fleet.web.map(({ url }) => url),
    edge: fleet.edge,
    databaseUrl: fleet.databaseUrl,
    email: environment.ADMIN_EMAIL,
    password: environment.ADMIN_PASSWORD,
    locales: LOCALES,
    reads: Infinity,
    readsAnEdit: READS_AN_EDIT,
    clients: CLIENTS,
    restMs: REST_MS,
    products: PRODUCTS,
    sticky: true,
    storesFail: {},
    async beside(beside) {
      const { outage } = beside
      let running: Promise<void> | undefined
      try {
        outage.begin()
        await converged(beside, fleet) // pages are rendered
        outage.heal()
        campaigns = new Campaigns(fleet, beside)
        running = campaigns.run().catch((error: unknown) => {
          failure ??= error
        })
        const deadline = performance.now() + minutes * 60_000
        for (const round of drawRounds(seed)) {
          await wait(CALM_MS)
          if (performance.now() > deadline) break
          outage.begin()
          await wait(SQL_LIVE_WITHIN_MS)
          say(`  ${rounds.length + 1}: ${round.map(tell).join('; ')}`)
          await inject(round, fleet)
          const convergence = await converged(beside, fleet)
          const healed = { round, convergence }
          rounds.push(healed)
          outage.heal()
          const { equalMs, liveMs, believedMs, lastWrong } = convergence
          const [equal, live, believed] = [equalMs, liveMs, believedMs].map(Math.round)
          say(
            `     healed after ${Math.round(healedMs(healed))} ms (equal ${equal}, live ${live}, believed ${believed}); ${beside.checker.violations.length} violations so far`,
          )
          if (lastWrong !== undefined) say(`     last wrong: ${lastWrong}`)
        }
      } catch (error) {
        failure ??= error
      } finally {
        beside.stop()
        await running
      }
    },
  })
  if (failure || !campaigns) throw new Error('the run did not come to its end', { cause: failure })
  return { seed, rounds, history, campaigns: campaigns.counts, agreement: await agreement(fleet, before) }
}
