/** A history of readers, editors, sales, files and orders over faults that a seed draws, one round after the other. */
import { setTimeout as wait } from 'node:timers/promises'
import { SQL_LIVE_WITHIN_MS } from '../coherence/outage.ts'
import { type Beside, run, type RunResult } from '../coherence/run.ts'
import { converged, CONVERGED_WITHIN_MS, type Convergence } from '../coherence/storeFaults/converged.ts'
import { environment } from '../support/environment.ts'
import { agreement, stocks, type Agreement } from './agreement.ts'
import { Campaigns, type CampaignCounts } from './campaigns.ts'
import { drawRounds, describeFault, type FaultKind, type Round } from './draw.ts'
import type { Fleet } from './fleet.ts'
import { inject } from './inject.ts'
import { healedMs } from './report.ts'

const CALM_MS = 2_000
const CLIENTS = 24
/** A third of the processor is left, so that faults heal in time beside readers that revalidate. */
const REST_MS = 100
/** They read ten times as much as the clients, for a tenth of what that costs: most answers are from the memory of the edge. */
const REVALIDATING = { edge: 16, web: 6 }
const PRODUCTS = 6
const READS_AN_EDIT = 230
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

/** A run of so many minutes goes on until each kind of fault has happened. */
const MINUTES_OF_ALL_KINDS = 5

/**
 * Readers, editors, sales, files and orders; pages are rendered.
 * @param during ends the load
 * @throws what `during` throws
 */
export async function underLoad(
  fleet: Fleet,
  during: (beside: Beside) => Promise<void>,
): Promise<{ history: RunResult; campaigns: CampaignCounts }> {
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
    revalidating: REVALIDATING,
    restMs: REST_MS,
    products: PRODUCTS,
    sticky: true,
    storesFail: {},
    async beside(beside) {
      let running: Promise<void> | undefined
      try {
        beside.outage.begin()
        await converged(beside, fleet)
        beside.outage.heal()
        campaigns = new Campaigns(fleet, beside)
        running = campaigns.run().catch((error: unknown) => {
          failure ??= error
        })
        await during(beside)
      } catch (error) {
        failure ??= error
      } finally {
        beside.stop()
        await running
      }
    },
  })
  if (failure || !campaigns) throw new Error('the run did not come to its end', { cause: failure })
  return { history, campaigns: campaigns.counts }
}

export interface ChaosOptions {
  readonly seed: number
  /** No round begins later. */
  readonly minutes: number
  /** The abilities of the machine. */
  readonly kinds: readonly FaultKind[]
  /** Told of each round before it begins, and how long all took to heal. */
  say(line: string): void
}

/** @throws when the fleet does not come back at all */
export async function runChaos(fleet: Fleet, { seed, minutes, kinds, say }: ChaosOptions): Promise<ChaosResult> {
  const before = await stocks(fleet.databaseUrl)
  const rounds: HealedRound[] = []
  const { history, campaigns } = await underLoad(fleet, async (beside) => {
    const { outage } = beside
    const deadline = performance.now() + minutes * 60_000
    const missing = new Set(minutes < MINUTES_OF_ALL_KINDS ? [] : kinds)
    for (const round of drawRounds(seed, kinds)) {
      await wait(CALM_MS)
      if (performance.now() > deadline && missing.size === 0) break
      for (const { kind } of round) missing.delete(kind)
      outage.begin()
      await wait(SQL_LIVE_WITHIN_MS)
      say(`  ${rounds.length + 1}: ${round.map(describeFault).join('; ')}`)
      await inject(round, fleet)
      const convergence = await converged(beside, fleet)
      const healed = { round, convergence }
      rounds.push(healed)
      outage.heal()
      const { equalMs, liveMs, believedMs, wrong } = convergence
      const [equal, live, believed] = [equalMs, liveMs, believedMs].map(Math.round)
      say(
        `     healed after ${Math.round(healedMs(healed))} ms (equal ${equal}, live ${live}, believed ${believed}); ${beside.checker.violations.length} violations so far`,
      )
      for (const { what, times, firstMs, lastMs } of wrong)
        if (lastMs > CONVERGED_WITHIN_MS)
          say(`     late: ${times} times, from ${Math.round(firstMs)} to ${Math.round(lastMs)} ms: ${what}`)
    }
  })
  return { seed, rounds, history, campaigns, agreement: await agreement(fleet, before) }
}
