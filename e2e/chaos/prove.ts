/** `npm run chaos -- --prove`: whether the run finds what it is there to find. Each defect is made in a fleet that is well. */
import { keys } from '#lib/coherence/protocol/keys.ts'
import { tag } from '#lib/coherence/tags.ts'
import { describe } from '../coherence/report.ts'
import type { Beside } from '../coherence/run.ts'
import { query } from '../lease/servers/postgresPair.ts'
import { until } from '../lease/servers/until.ts'
import { agreement, stocks } from './agreement.ts'
import { type Defect, defectsOf, type Liars } from './defects.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { keepFirst } from './lies.ts'
import { type LyingProxy, lyingProxy } from './lyingProxy.ts'
import { underLoad } from './run.ts'

const FOUND_WITHIN_MS = 90_000
const CALM_READS = 200

export interface Proof {
  readonly what: string
  /** The invariant or the comparison that is to find it. */
  readonly by: string
  /** The report of it; undefined when there was none. */
  readonly found: string | undefined
}

/** Makes each defect until it is found. @returns when the run is over, what was found of each */
async function proveByReads(beside: Beside, defects: readonly Defect[]): Promise<() => Proof[]> {
  const { checker } = beside
  const begun: { readonly defect: Defect; readonly found: Map<string, string> }[] = []
  checker.watch((violation) => {
    const { invariant } = violation
    const own = begun.find(
      ({ defect, found }) => defect.invariants.includes(invariant) && !found.has(invariant) && defect.isMine(violation),
    )
    own?.found.set(invariant, describe(violation))
  })
  for (const defect of defects) {
    const found = new Map<string, string>()
    const end = await defect.begin()
    begun.push({ defect, found })
    const isFound = () => defect.hasHappened?.() ?? found.size === defect.invariants.length
    await until(defect.what, isFound, FOUND_WITHIN_MS).catch(() => undefined)
    await end()
  }
  return () =>
    begun.flatMap(({ defect: { what, invariants }, found }) =>
      invariants.map((by) => ({ what, by, found: found.get(by) })),
    )
}

/** The difference that the comparison of the layers is to find, and its words for it. */
const COMPARED: readonly (readonly [what: string, by: string, words: RegExp])[] = [
  ['a version in the index is lowered by hand', 'index', /^the index has version/],
  ['an instance sends old pages', 'pages', /shows product \d+ at version/],
  ['the price of an order is not one that was committed', 'orders', /^an order has product/],
  ['stock is put back by hand', 'stock', /were there, \d+ are ordered/],
]

/**
 * @param fleet whose first web instance and whose edge are behind `liars`
 * @returns a line for each defect and what is to find it
 * @throws when something is found before a defect is made
 */
async function prove(fleet: Fleet, liars: Liars): Promise<readonly Proof[]> {
  const before = await stocks(fleet.databaseUrl)
  let proofs: () => Proof[] = () => []
  let lowered: { readonly key: string; readonly old: string } | undefined
  const { campaigns } = await underLoad(fleet, async (beside) => {
    const { checker, load, products } = beside
    await load.pace.after(CALM_READS)
    const [early] = checker.violations
    if (early) throw new Error(`without a defect there is a violation: ${describe(early)}`)
    const [hot, edited, ...others] = products
    if (!hot || !edited) throw new Error('there are no products')
    const key = keys.tag(tag('price', edited.id))
    const old = await fleet.redis.admin.get(key)
    if (old === null) throw new Error(`the index does not have ${key}`)
    lowered = { key, old }
    proofs = await proveByReads(beside, defectsOf(fleet, liars, [hot, edited, ...others]))
    liars.web.lieWith(keepFirst())
    // Each page is kept, then each price is another.
    await load.sweep()
    await beside.writers.post('editor of all', products)
  })
  await query(
    fleet.databaseUrl,
    'UPDATE stock SET quantity = quantity + 1 WHERE product_id = (SELECT max(product_id) FROM stock)',
  )
  if (lowered) await fleet.redis.admin.set(lowered.key, lowered.old)
  const { differences } = await agreement(fleet, before, campaigns.promised)
  const compared = COMPARED.map(([what, by, words]) => ({
    what,
    by,
    found: differences.find((one) => words.test(one)),
  }))
  return [...proofs(), ...compared]
}

/** Started. @param logFile of all its processes */
export async function provenFleet(
  logFile: string,
): Promise<{ prove(): Promise<readonly Proof[]>; close(): Promise<void> }> {
  let control: LyingProxy | undefined
  const fleet = await startFleet({
    logFile,
    hasDisks: false,
    control: async (edge) => (control = await lyingProxy(edge)).url,
  })
  const [first, ...others] = fleet.web
  if (!first || !control) throw new Error('the fleet has no web instance')
  const liars = { web: await lyingProxy(first.url), control }
  return {
    prove: () => prove({ ...fleet, web: [{ ...first, url: liars.web.url }, ...others] }, liars),
    async close() {
      await Promise.all([liars.web.close(), liars.control.close()])
      await fleet.close()
    },
  }
}
