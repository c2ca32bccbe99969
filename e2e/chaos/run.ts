/** A history of readers, editors, sales, files and orders over faults that a seed draws, one round after the other. */
import { setTimeout as wait } from 'node:timers/promises'
import { LEASE_MS, leaseTimes } from '#lib/coherence/protocol/lease.ts'
import { TRUST_S } from '../../edge/varnish/startVarnish.ts'
import { CONVERGED_WITHIN_MS, SQL_LIVE_WITHIN_MS } from '../coherence/outage.ts'
import { type Beside, run, type RunResult } from '../coherence/run.ts'
import { converged, type Convergence } from '../coherence/storeFaults/converged.ts'
import { query } from '../lease/servers/postgresPair.ts'
import { environment } from '../support/environment.ts'
import { agreement, stocks, type Agreement } from './agreement.ts'
import { editInCalm, type CalmEdits } from './calmEdits.ts'
import { Campaigns, type CampaignCounts } from './campaigns.ts'
import { drawRounds, describeFault, type FaultKind, type Round } from './draw.ts'
import { signsOfFaults } from './felt.ts'
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

/**
 * From a commit during a fault. No process believes the index for longer than a new term waits, in any fault. An edge that has not heard
 * that all was published asks the shop.
 */
const BOUNDS = {
  web: leaseTimes(LEASE_MS).waitMs + SQL_LIVE_WITHIN_MS,
  edge: TRUST_S * 1_000 + SQL_LIVE_WITHIN_MS,
}

export interface HealedRound {
  readonly round: Round
  readonly convergence: Convergence
  /** Signs of its faults, from their beginning until all had healed; 0 when nothing felt them. */
  readonly felt: number
}

export interface ChaosResult {
  readonly seed: number
  readonly calm: CalmEdits
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
): Promise<{ history: RunResult; campaigns: Campaigns }> {
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
    storesFail: BOUNDS,
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
  return { history, campaigns }
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

/** A new one begins when a Redis may lack a change. */
async function termOf({ databaseUrl }: Fleet): Promise<number> {
  const [row] = await query<{ term: string }>(databaseUrl, 'SELECT term FROM index_term')
  return Number(row?.term)
}

/** Makes a round happen and waits until all has healed. */
async function happen(round: Round, beside: Beside, fleet: Fleet): Promise<HealedRound> {
  const { outage } = beside
  outage.begin()
  await wait(SQL_LIVE_WITHIN_MS)
  const [term, signs] = [await termOf(fleet), signsOfFaults(beside)]
  await inject(round, fleet)
  outage.recover()
  const convergence = await converged(beside, fleet)
  outage.heal()
  const hasNewTerm = (await termOf(fleet)) !== term
  return { round, convergence, felt: signsOfFaults(beside) - signs + (hasNewTerm ? 1 : 0) }
}

/** @throws when the fleet does not come back at all */
export async function runChaos(fleet: Fleet, { seed, minutes, kinds, say }: ChaosOptions): Promise<ChaosResult> {
  const before = await stocks(fleet.databaseUrl)
  const rounds: HealedRound[] = []
  let calm: CalmEdits = { edits: 0, renders: 0 }
  const { history, campaigns } = await underLoad(fleet, async (beside) => {
    calm = await editInCalm(beside, fleet)
    say(`  without a fault: ${calm.edits} edits, ${calm.renders} renders of pages`)
    const deadline = performance.now() + minutes * 60_000
    const missing = new Set(minutes < MINUTES_OF_ALL_KINDS ? [] : kinds)
    for (const round of drawRounds(seed, kinds)) {
      await wait(CALM_MS)
      if (performance.now() > deadline && missing.size === 0) break
      for (const { kind } of round) missing.delete(kind)
      say(`  ${rounds.length + 1}: ${round.map(describeFault).join('; ')}`)
      const healed = await happen(round, beside, fleet)
      rounds.push(healed)
      const { equalMs, liveMs, believedMs, wrong } = healed.convergence
      const [equal, live, believed] = [equalMs, liveMs, believedMs].map(Math.round)
      say(
        `     healed after ${Math.round(healedMs(healed))} ms (equal ${equal}, live ${live}, believed ${believed}), ${healed.felt} signs of it; ${beside.checker.violations.length} violations so far`,
      )
      for (const { what, times, firstMs, lastMs } of wrong)
        if (lastMs > CONVERGED_WITHIN_MS)
          say(`     late: ${times} times, from ${Math.round(firstMs)} to ${Math.round(lastMs)} ms: ${what}`)
    }
  })
  const agreed = await agreement(fleet, before, campaigns.promised)
  return { seed, calm, rounds, history, campaigns: campaigns.counts, agreement: agreed }
}
