/** From the end of a fault until every layer is as new as Postgres, and what was wrong until then. */
import { setTimeout as wait } from 'node:timers/promises'
import { query } from '../../lease/servers/postgresPair.ts'
import type { ShopProcess } from '../../lease/servers/shopProcess.ts'
import { until } from '../../lease/servers/until.ts'
import { Client, ReadFailure, type Answer } from '../client.ts'
import type { Beside } from '../run.ts'
import type { HotProduct, Target } from '../targets.ts'

/** After so long the run gives up and fails. */
const GIVE_UP_MS = 40_000
const BETWEEN_EDITS_MS = 200
const LOCALE = 'en'

/** Reads from one place that were refused, or showed less than Postgres had when the fault ended; of those that began after its end. */
interface Wrong {
  /** The place and what it answered. */
  readonly what: string
  readonly times: number
  /** When the first and the last of them ended: milliseconds from the end of the fault. */
  readonly firstMs: number
  readonly lastMs: number
}

/** Milliseconds from the end of the fault. */
export interface Convergence {
  /** The last wrong read ended. */
  readonly equalMs: number
  readonly wrong: readonly Wrong[]
  /** An edit through each instance was live. */
  readonly liveMs: number
  /** Each web instance believes the index. */
  readonly believedMs: number
}

/** The copies that are to come to agree with Postgres. */
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

/** Reads every page of every instance until it is right, while the load reads beside. */
async function wrongAnswers({ load, products }: Beside, fleet: Converging): Promise<Wrong[]> {
  const from = performance.now()
  const wanted = await versions(fleet.databaseUrl)
  /** @returns undefined when it is right */
  const fault = (answer: Answer | ReadFailure | undefined): string | undefined => {
    if (!answer) return 'no answer to judge'
    if (answer instanceof ReadFailure) return `${answer.why} ${answer.said}`.trim()
    const { shown } = answer.reading
    if (shown.length === 0) return 'no price'
    const old = shown.some(({ productId, version }) => version < (wanted.get(productId) ?? 0))
    return old ? `an old price (${answer.cache})` : undefined
  }
  const wrong = new Map<string, Wrong>()
  load.watch(({ origin, start, end, target, answer }) => {
    const problem = start < from ? undefined : fault(answer)
    if (problem === undefined) return
    const place = origin === fleet.edge ? 'the edge' : origin
    const what = `${target.kind} of ${place}: ${problem}`
    const { times, firstMs, lastMs } = wrong.get(what) ?? { times: 0, firstMs: end - from, lastMs: 0 }
    wrong.set(what, { what, times: times + 1, firstMs, lastMs: Math.max(lastMs, end - from) })
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
            const answer = await load.read(client, { target, representation, product, locale: LOCALE, origin })
            return fault(answer) === undefined
          },
          GIVE_UP_MS,
        )
      }
      client.close()
    }),
  )
  return [...wrong.values()].toSorted((a, b) => a.lastMs - b.lastMs)
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
  const [wrong, liveMs, believedMs] = await Promise.all([
    wrongAnswers(beside, fleet),
    live,
    live.then(() => untilBelieved(fleet)).then(sinceThen),
  ])
  return { equalMs: wrong.at(-1)?.lastMs ?? 0, wrong, liveMs, believedMs }
}
