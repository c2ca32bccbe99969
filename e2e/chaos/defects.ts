/** Faults of the kind that the checker is there to find, made from outside of the shop, one at a time. */
import type { Invariant, Violation } from '../coherence/history.ts'
import type { HotProduct } from '../coherence/targets.ts'
import { query } from '../lease/servers/postgresPair.ts'
import type { Fleet } from './fleet.ts'
import { halveSales } from './halvedSales.ts'
import {
  inventVersions,
  keepFirst,
  keepForEditors,
  keepOnePrice,
  losePurges,
  sayUnchanged,
  tearAmount,
} from './lies.ts'
import type { Lie, LyingProxy } from './lyingProxy.ts'

/** Between the parts of a fleet. */
export interface Liars {
  /** In front of the first web instance. */
  readonly web: LyingProxy
  /** Between the shop and its edge. */
  readonly control: LyingProxy
}

export interface Defect {
  readonly what: string
  readonly invariants: readonly Invariant[]
  /** @returns ends it */
  begin(): Promise<() => Promise<unknown>>
  /** Whether a violation of these invariants is one of this defect. */
  isMine(violation: Violation): boolean
  /** Whether it has happened: for a defect that is found only when all is over. */
  hasHappened?(): boolean
}

/** A trigger of the test's own, before each insert into a table. */
async function trigger(databaseUrl: string, table: string, change: string): Promise<() => Promise<unknown>> {
  await query(
    databaseUrl,
    `CREATE OR REPLACE FUNCTION seeded_defect() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${change}; RETURN NEW; END $$;
     CREATE TRIGGER seeded_defect BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION seeded_defect()`,
  )
  return () => query(databaseUrl, `DROP TRIGGER seeded_defect ON ${table}`)
}

/** @param hot one that editors edit, and the others */
export function defectsOf(
  { databaseUrl, edge }: Fleet,
  { web, control }: Liars,
  hot: readonly [HotProduct, ...HotProduct[]],
): Defect[] {
  const lie = (what: string, invariants: readonly Invariant[], answers: Lie): Defect => ({
    what,
    invariants,
    async begin() {
      web.lieWith(answers)
      return async () => web.lieWith()
    },
    isMine: ({ read }) => read.instance === web.url,
  })
  const order = (what: string, invariants: readonly Invariant[], table: string, change: string): Defect => ({
    what,
    invariants,
    begin: () => trigger(databaseUrl, table, change),
    isMine: () => true,
  })
  return [
    lie('an instance sends an old page again', ['stale', 'backwards'], keepFirst()),
    lie('an instance sends editors an old page again', ['own-write'], keepForEditors()),
    lie('an instance says of an old page that it has not changed', ['stale'], sayUnchanged),
    lie('an instance names another amount in one place of a page', ['torn'], tearAmount),
    lie('an instance gives an old price of one product beside new ones', ['half'], keepOnePrice(hot[0].id)),
    {
      ...lie('an instance names a version that Postgres never had', ['invented'], inventVersions),
      hasHappened: () => web.lies > 0,
    },
    {
      what: 'the edge keeps a page past its purge',
      invariants: ['stale'],
      async begin() {
        control.lieWith(losePurges)
        return async () => control.lieWith()
      },
      isMine: ({ read }) => read.instance === edge,
    },
    {
      what: 'the start of a sale commits in halves',
      invariants: ['half'],
      begin: () => halveSales(databaseUrl),
      isMine: ({ productId }) => !hot.some(({ id }) => id === productId),
    },
    order(
      'an order is written at another version than its shopper accepted',
      ['unaccepted'],
      'order_lines',
      'NEW.price_version := NEW.price_version + 1',
    ),
    order('a cart is forgotten when it is ordered', ['doubled'], 'orders', 'NEW.idempotency_key := gen_random_uuid()'),
  ]
}
