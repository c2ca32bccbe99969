/** Known faults that show where one Postgres takes the place of another, and lacks its last commits. */
import { GuardedSource } from '#lib/coherence/index/guardedSource.ts'
import { keys } from '#lib/coherence/index.ts'
import { leaseNameOf, Unchanged } from '#lib/coherence/protocol/lease.ts'
import { tag, type VersionedTag } from '#lib/coherence/tags.ts'
import { replaced, type Bug } from './bug.ts'
import { Database } from './database.ts'

export const BUGS_OF_A_REPLACED_POSTGRES = {
  'versions-used-twice': {
    what: 'attack 7: versions that Postgres has lost are not raised above those of the index',
    shows: 'stale',
    within: 100,
    shownBy: 25,
    source: () => ({ raiseAbove: async () => [] }),
  },
  'replaced-source-rendered': {
    what: 'attack 7: what was read from a Postgres that took the place of another is shown before its versions are raised',
    shows: 'stale',
    within: 100,
    shownBy: 29,
    everywhere: () => {
      const { requireCurrent } = GuardedSource.prototype
      const unknown = { epoch: '', server: '', renewals: 0, forgotten: '', identity: '', ageMs: Infinity }
      const current = { ...unknown, term: 1, current: true, replacedSource: false }
      return replaced(GuardedSource.prototype, 'requireCurrent', function (this: GuardedSource, start) {
        return requireCurrent.call(this, start).catch(() => current)
      })
    },
  },
  'read-before-promotion': {
    what: 'attack 7: the index is raised to what was read from a Postgres that another has taken the place of, once that is the one of the term',
    shows: 'overtaken',
    within: 54_600,
    shownBy: 54_556,
    everywhere: () => {
      const { requireCurrent } = GuardedSource.prototype
      return replaced(GuardedSource.prototype, 'requireCurrent', function (this: GuardedSource, start) {
        // Once it has refused, it has heard of the one that answers.
        return requireCurrent.call(this, start).catch(async () => requireCurrent.call(this, await this.readStart()))
      })
    },
  },
  'replaced-source-filled-in': {
    what: 'payloads are taken from a Postgres that took the place of another',
    shows: 'torn',
    within: 200,
    shownBy: 122,
    everywhere: () => replaced(Database.prototype, 'isReplaced', false),
  },
  'reconcile-lowers': {
    what: 'the index is lowered to a Postgres that has lost commits, in place of raising the rows',
    shows: 'overtaken',
    within: 100,
    shownBy: 6,
    kernel: ({ ports: { source, indexRedis } }) =>
      void Object.assign(source, {
        raiseAbove: async (lost: readonly VersionedTag[]) => {
          const truth = await source.versions(lost.map(({ kind, id }) => tag(kind, id)))
          for (const [name, version] of truth) await indexRedis.set(keys.tag(name), String(version))
          return []
        },
      }),
  },
  'waits-in-another-source': {
    what: 'a new term counts the time without refreshes in a Postgres that another has taken the place of, where they were as many',
    shows: 'stale',
    within: 300,
    shownBy: 224,
    everywhere: () => {
      const { saw } = Unchanged.prototype
      return replaced(Unchanged.prototype, 'saw', function (this: Unchanged<unknown>, value) {
        saw.call(this, typeof value === 'string' ? value.replace(/^\d+\/\d+\/\d+ /, '') : value)
      })
    },
  },
  'term-number-alone': {
    what: 'a lease is refreshed by the number of its term alone, which a Postgres that lost the beginning of the term has used again',
    shows: 'stale',
    within: 1_100,
    shownBy: 1_024,
    source: (source, database) => {
      const own = (lease: string) => (lease.startsWith(`${database.term.term} `) ? leaseNameOf(database.term) : lease)
      return {
        renew: (lease) => source.renew(own(lease)),
        markIndexed: (ids, lease) => source.markIndexed(ids, own(lease)),
      }
    },
  },
} as const satisfies Readonly<Record<string, Bug>>
