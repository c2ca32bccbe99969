/**
 * Known faults of a version index with a lease, put back into the kernel one at a time. A simulation that does not find them finds
 * nothing. The numbers of attacks are those of docs/decisions/index-lease.md.
 */
import { VersionIndex } from '#lib/coherence/index/versionIndex.ts'
import { FollowedTags } from '#lib/coherence/index/followedTags.ts'
import { GuardedSource } from '#lib/coherence/index/guardedSource.ts'
import { IndexLink } from '#lib/coherence/index/indexLink.ts'
import { OutboxFollower } from '#lib/coherence/index/outboxFollower.ts'
import { Publisher } from '#lib/coherence/index/publisher.ts'
import { Belief } from '#lib/coherence/protocol/lease.ts'
import { replaced, type Bug } from './bug.ts'
import { BUGS_OF_A_REPLACED_POSTGRES } from './replacedPostgres.ts'

export const BUGS = {
  'lease-of-another-run': {
    what: 'attack 1: a lease is believed though the server was restarted with older data, or promoted',
    shows: 'stale',
    within: 200,
    shownBy: 88,
    scripts: [
      ['if where and where == server() then', 'if where then'],
      [
        "info and string.find(info, 'role:master', 1, true) and string.find(info, 'master_replid:' .. replication, 1, true)",
        'info',
      ],
      ["or where ~= ' ' .. server() then", 'then'],
      ['local here = where == server', 'local here = where'],
    ],
  },
  'promoted-again': {
    what: 'attack 1: a lease is believed by the run id alone: a primary that was demoted and promoted again keeps it, with older data',
    shows: 'stale',
    within: 1_300,
    shownBy: 1_270,
    scripts: [
      [
        "info and string.find(info, 'role:master', 1, true) and string.find(info, 'master_replid:' .. replication, 1, true)",
        "info and string.find(redis.call('INFO', 'server'), 'run_id:' .. string.match(values[1], ' (%x+):'), 1, true)",
      ],
    ],
  },
  'no-wait': {
    what: 'attack 4: a new term waits for a part of a lease time, not for two of them',
    shows: 'overtaken',
    within: 200,
    shownBy: 174,
    kernel: ({ index }) => void Object.assign(index.link.times, { waitMs: index.link.times.leaseMs / 4 }),
  },
  'no-wait-where-gone': {
    what: 'a new term waits for no lease that has gone from its server, also not where that ended before its time',
    shows: 'overtaken',
    within: 100,
    shownBy: 24,
    kernel: ({ index }) => void Object.assign(index.link.times, { goneMs: 0 }),
  },
  'postgres-shown-at-once': {
    what: 'attack 5: a reader that does not believe the index shows what Postgres has, at once',
    shows: 'overtaken',
    within: 100,
    shownBy: 47,
    source: (source) => ({
      readGuarded: async (tags, settled) => ({ ...(await source.readGuarded(tags, settled)), pending: new Set() }),
    }),
  },
  'late-commit-skipped': {
    what: 'attack 6: a position is the newest transaction, not the oldest that is under way',
    shows: 'lost',
    within: 200,
    shownBy: 17,
    source: (source, database) => {
      const skipping = (): string => `${database.identity} ${database.nextXid}`
      return {
        position: async () => skipping(),
        unindexed: async () => ({ ...(await source.unindexed()), position: skipping() }),
      }
    },
  },
  'position-in-memory': {
    what: 'attack 2: the position that a keeper remembers is written onto data that was set back',
    shows: 'stale',
    within: 1_600,
    shownBy: 1_532,
    scripts: [
      [
        "local lease = redis.call('GET', KEYS[1])\nlocal pattern",
        "if ARGV[3] ~= '' then redis.call('SET', KEYS[2], ARGV[3]) end\nlocal lease = redis.call('GET', KEYS[1])\nlocal pattern",
      ],
    ],
  },
  'live-without-second-look': {
    what: 'attack 3: an edit is live if the server that took it has a living lease, of any term',
    shows: 'stale',
    within: 100,
    shownBy: 8,
    everywhere: () => replaced(GuardedSource.prototype, 'isCurrent', async (lease) => lease !== ''),
  },
  'shown-and-not-raised': {
    what: 'what is shown from Postgres without a lease is not brought to Redis',
    shows: 'overtaken',
    within: 500,
    shownBy: 461,
    everywhere: () => replaced(VersionIndex.prototype, 'raiseShown', async () => undefined),
  },
  'first-nonce': {
    what: 'attack 8: a new term is believed from its first nonce on, before a scan of the outbox',
    shows: 'overtaken',
    within: 500,
    shownBy: 477,
    everywhere: () => {
      const { saw } = Belief.prototype
      return replaced(Belief.prototype, 'saw', function (this: Belief, lease, sentAt) {
        if (lease.nonce === 1) saw.call(this, { ...lease, nonce: 0 }, sentAt)
        return saw.call(this, lease, sentAt)
      })
    },
  },
  'timed-from-answer': {
    what: 'attack 8: a lease is believed for its time from when the answer to a poll came, not from when the poll was sent',
    shows: 'overtaken',
    within: 500,
    shownBy: 449,
    everywhere: () => {
      const { saw } = Belief.prototype
      return replaced(Belief.prototype, 'saw', function (this: Belief, lease) {
        return saw.call(this, lease, performance.now())
      })
    },
  },
  'believed-without-lease': {
    what: 'a process believes a Redis that answers, lease or not',
    shows: 'stale',
    within: 100,
    shownBy: 23,
    everywhere: () => {
      const putBack = [
        replaced(Belief.prototype, 'saw', () => true),
        replaced(Belief.prototype, 'remainingMs', Infinity),
      ]
      return () => putBack.forEach((undo) => undo())
    },
  },
  'head-without-term': {
    what: 'attack 9: after a failover the log comes to the same head with other changes',
    shows: 'stale',
    within: 100,
    shownBy: 45,
    scripts: [
      ['math.max(head + 1, tonumber(ARGV[7]))', 'head'],
      ['head >= term * 4294967296', 'term'],
      ['head < term * 4294967296', 'false'],
    ],
    everywhere: () => {
      const { follow } = FollowedTags.prototype
      return replaced(FollowedTags.prototype, 'follow', function (this: FollowedTags, _lease, head, log) {
        return follow.call(this, 'any', head, log)
      })
    },
  },
  'mark-of-an-old-term': {
    what: 'a change is marked as indexed by the index of an earlier term',
    shows: 'lost',
    within: 11_000,
    shownBy: 10_987,
    source: (_, database) => ({
      markIndexed: async (ids) => {
        for (const row of database.outbox) if (ids.includes(String(row.id))) row.indexed = true
        return true
      },
    }),
  },
  'behind-ignored': {
    what: 'readers do not ask Postgres while the lease says that the index may have a part of a commit',
    shows: 'stale',
    within: 100,
    shownBy: 8,
    everywhere: () => {
      const { poll } = IndexLink.prototype
      return replaced(IndexLink.prototype, 'poll', async function (this: IndexLink, tags, followed) {
        return { ...(await poll.call(this, tags, followed)), behind: false }
      })
    },
  },
  'raised-by-halves': {
    what: 'each row of a commit reaches the index in a script of its own, and nothing says so',
    shows: 'half',
    within: 100,
    shownBy: 3,
    everywhere: () => {
      const { raise } = VersionIndex.prototype
      return replaced(VersionIndex.prototype, 'raise', async function (this: VersionIndex, changes) {
        let written = await raise.call(this, changes.slice(0, 1), false)
        for (const change of changes.slice(1)) written = await raise.call(this, [change], false)
        return written
      })
    },
  },
  'folded-by-halves': {
    what: 'a commit that was shown counts as brought to its tags when that began',
    shows: 'stale',
    within: 100,
    shownBy: 3,
    scripts: [['for i = 1, #parts, 2 do', 'for i = 3, #parts, 2 do']],
  },
  'not-observed': {
    what: 'the index is not raised to a newer version before it is shown',
    shows: 'overtaken',
    within: 100,
    shownBy: 5,
    everywhere: () => replaced(Publisher.prototype, 'raiseToAtLeast', async () => undefined),
  },
  'outbox-not-followed': {
    what: 'what is written past the application is left in the outbox',
    shows: 'index',
    within: 100,
    shownBy: 1,
    everywhere: () =>
      replaced(OutboxFollower.prototype, 'apply', async () => ({
        isNews: false,
        more: false,
        isLeft: false,
        isShownElsewhere: false,
        position: '',
      })),
  },
  ...BUGS_OF_A_REPLACED_POSTGRES,
} as const satisfies Readonly<Record<string, Bug>>

export type BugName = keyof typeof BUGS
export const BUG_NAMES = Object.keys(BUGS) as BugName[]
