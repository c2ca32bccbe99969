/** One fault in the middle of a history: readers and writers at work before, during and after it. */
import { setTimeout as wait } from 'node:timers/promises'
import { LEASE_MS } from '../../lease/bounds.ts'
import { query } from '../../lease/servers/postgresPair.ts'
import type { ShopProcess } from '../../lease/servers/shopProcess.ts'
import { until } from '../../lease/servers/until.ts'
import { environment } from '../../support/environment.ts'
import { Client, type Answer } from '../client.ts'
import { SQL_LIVE_WITHIN_MS } from '../outage.ts'
import { run, type Beside, type RunResult } from '../run.ts'
import type { HotProduct, Target } from '../targets.ts'
import type { Fault, Fleet } from './fleets.ts'
import type { FaultName } from './names.ts'

/** From a commit during a fault, by any way, until no answer may be older: it waits, or it is a 503. */
const SHOWN_UNDER_FAULT_MS = LEASE_MS + SQL_LIVE_WITHIN_MS
/** From the end of a fault until everything is as before it. */
export const CONVERGED_WITHIN_MS = 5_000
/** After so long the run gives up and fails. */
const GIVE_UP_MS = 40_000
const CALM_MS = 2_000
const BETWEEN_EDITS_MS = 200
const LOCALES = ['en', 'de'] as const

/** Milliseconds from the end of the fault. */
export interface Convergence {
  /** The last read ended that was refused, or that showed less than Postgres had when the fault ended; of those that began after its end. */
  readonly equalMs: number
  /** The read, in words. */
  readonly lastWrong: string | undefined
  /** An edit through each instance was live. */
  readonly liveMs: number
  /** Each web instance believes the index. */
  readonly believedMs: number
}

export interface FaultResult {
  readonly name: FaultName
  readonly result: RunResult
  readonly convergence: Convergence
}

/** The processes whose layers are to agree with Postgres in the end. */
export interface Converging {
  readonly web: readonly ShopProcess[]
  /** In front of them, where there is one. */
  readonly edge?: string
  readonly databaseUrl: string
}

interface Place {
  readonly origin: string
  readonly target: Target
  readonly product: HotProduct
}

function placesOf(products: readonly HotProduct[], origins: readonly string[]): Place[] {
  return origins.flatMap((origin) =>
    products.flatMap((product) =>
      Object.values(product.targets)
        .flat()
        .map((target) => ({ origin, target, product })),
    ),
  )
}

async function versions(databaseUrl: string): Promise<Map<number, number>> {
  let rows: { id: number; version: string }[] = []
  await until('Postgres answers', async () => {
    rows = await query<{ id: number; version: string }>(databaseUrl, 'SELECT product_id AS id, version FROM prices')
    return true
  })
  return new Map(rows.map(({ id, version }) => [id, Number(version)]))
}

interface WrongAnswer {
  readonly at: number
  readonly what: string
}

/** Reads every page of every instance until it is right. @returns the last wrong answer; undefined: there was none */
async function lastWrongAnswer({ load, products }: Beside, fleet: Converging): Promise<WrongAnswer | undefined> {
  const from = performance.now()
  const wanted = await versions(fleet.databaseUrl)
  const isRight = (answer: Answer | undefined) => {
    const shown = answer?.reading.shown ?? []
    return shown.length > 0 && shown.every((one) => one.version >= (wanted.get(one.productId) ?? 0))
  }
  let last: WrongAnswer | undefined
  load.watch(({ origin, start, answer }) => {
    if (start < from || isRight(answer)) return
    const old = answer?.reading.shown.find((one) => one.version < (wanted.get(one.productId) ?? 0))
    const seen = old ? `product ${old.productId} at ${old.version}, not ${wanted.get(old.productId)}` : 'no price'
    last = { at: performance.now(), what: `${origin}${answer?.url ?? ''}: ${answer ? seen : 'no answer to judge'}` }
  })
  const origins = [...fleet.web.map(({ url }) => url), ...(fleet.edge === undefined ? [] : [fleet.edge])]
  await Promise.all(
    origins.map(async (origin) => {
      const client = new Client(`observer of ${origin}`, 'br')
      for (const { target, product } of placesOf(products, [origin])) {
        await until(
          `${target.path} of ${origin} is as new as Postgres`,
          async () => {
            const representation = target.kind === 'api' ? 'json' : 'html'
            const answer = await load.read(client, { target, representation, product, locale: LOCALES[0], origin })
            return isRight(answer)
          },
          GIVE_UP_MS,
        )
      }
      client.close()
    }),
  )
  return last
}

async function untilLive({ writers, products }: Beside, { web }: Converging): Promise<void> {
  await Promise.all(
    web.map(({ url }, i) =>
      until(
        `an edit through ${url} is live`,
        async () => {
          if ((await writers.post(`observer of edits ${i + 1}`, products.slice(i, i + 1), url)) === 'live') return true
          await wait(BETWEEN_EDITS_MS)
          return false
        },
        GIVE_UP_MS,
      ),
    ),
  )
}

async function untilBelieved({ web }: Converging): Promise<void> {
  await until(
    'each web instance believes the index',
    async () =>
      (await Promise.all(web.map((one) => one.metric('evergreen_index_believed')))).every((value) => value === 1),
    GIVE_UP_MS,
  )
}

/** Returns when all agree. @throws when that takes too long */
export async function converged(beside: Beside, fleet: Converging): Promise<Convergence> {
  const from = performance.now()
  const sinceThen = () => performance.now() - from
  // A process that has not looked since the fault began may still say that it believes.
  const live = untilLive(beside, fleet).then(sinceThen)
  const [last, liveMs, believedMs] = await Promise.all([
    lastWrongAnswer(beside, fleet),
    live,
    live.then(() => untilBelieved(fleet)).then(sinceThen),
  ])
  return { equalMs: last ? last.at - from : 0, lastWrong: last?.what, liveMs, believedMs }
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
    storesFail: { shownWithinMs: SHOWN_UNDER_FAULT_MS },
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
