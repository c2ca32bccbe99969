/** `npm run bench:contract`: the handlers that keep the contract of a cache handler, and the promise of this project. */
import { checks } from '../../lib/coherence/conformance/checks.ts'
import type { Stores, Subject } from '../../lib/coherence/conformance/fleet.ts'
import { connectedFleet, Product, type Check } from '../../lib/coherence/conformance/conformanceFixture.ts'
import { applyMigrations } from '../../lib/platform/migrations.ts'
import { seedCatalog } from '../../prisma/seed/seedCatalog.ts'
import { keyspaceEvents } from '../lib/keyspaceEvents.ts'
import { markdownTable } from '../../tools/figures/markdownTable.ts'
import { writeReport } from '../lib/report.ts'
import { ours, PRICES } from '../../lib/catalog/testing/shopSubject.ts'
import { benchStores } from '../lib/stores.ts'
import { builtIn, subjects } from '../lib/subjects.ts'

/** A promise holds every time: what depends on which message comes first shows up as `2 of 3`. */
const TIMES = 3

interface Outcome {
  readonly applies: boolean
  readonly passed: number
  /** The first failure. */
  readonly why?: string
}

/** Next's own page cache and data cache are judged once, in their own column. */
function applies(check: Check, subject: Subject): boolean {
  const source = check.part === 'pages' ? subject.page : subject.data
  if (subject === builtIn) return !check.fault && !/-(ttl|corrupt)$/.test(check.id)
  return source !== 'built-in'
}

async function failureOf(check: Check, subject: Subject, stores: Stores): Promise<string | undefined> {
  try {
    const fleet = await connectedFleet(subject, stores)
    try {
      await check.run(fleet, new Product(fleet, 1 + checks.indexOf(check)))
      return undefined
    } finally {
      await fleet.close()
    }
  } catch (error) {
    return (error instanceof Error ? error.message : String(error))
      .replaceAll(/\s+/g, ' ')
      .replace(/ \+ actual.*/, '')
      .trim()
  }
}

async function outcomeOf(check: Check, subject: Subject, stores: Stores): Promise<Outcome> {
  if (!applies(check, subject)) return { applies: false, passed: 0 }
  const failures: string[] = []
  for (let time = 0; time < TIMES; time++) {
    const failure = await failureOf(check, subject, stores)
    if (failure !== undefined) failures.push(failure)
  }
  const [why] = failures
  return { applies: true, passed: TIMES - failures.length, ...(why !== undefined && { why }) }
}

const stores = { ...(await benchStores()), rows: PRICES }
const events = await keyspaceEvents(stores.redisUrl)
await applyMigrations(stores.databaseUrl)
await seedCatalog({ databaseUrl: stores.databaseUrl, size: checks.length })

const results = new Map<Subject, Outcome[]>()
for (const subject of subjects) {
  const outcomes: Outcome[] = []
  for (const check of checks) {
    const outcome = await outcomeOf(check, subject, stores)
    outcomes.push(outcome)
    process.stdout.write(
      `${subject.name} ${check.id}: ${outcome.applies ? `${outcome.passed} of ${TIMES} ${outcome.why ?? ''}` : '-'}\n`,
    )
  }
  results.set(subject, outcomes)
}
await events.restore()
await stores.close()

function mark(outcome: Outcome | undefined): string {
  if (!outcome?.applies) return '–'
  if (outcome.passed === TIMES) return 'yes'
  return outcome.passed === 0 ? '**no**' : `**${outcome.passed} of ${TIMES}**`
}

const passes = subjects.map((subject) => {
  const judged = (results.get(subject) ?? []).filter(({ applies }) => applies)
  return `${judged.filter(({ passed }) => passed === TIMES).length} of ${judged.length}`
})
const failedOf = (i: number) => {
  const [passed = 0, judged = 0] = (passes[i] ?? '').split(' of ').map(Number)
  return judged - passed
}
const rows = checks.map((check, i) => [check.title, ...subjects.map((subject) => mark(results.get(subject)?.[i]))])
const reasons = subjects.flatMap((subject) =>
  (results.get(subject) ?? []).flatMap(({ why }, i) =>
    why === undefined ? [] : [`- ${subject.name}, \`${checks[i]?.id}\`: ${why}`],
  ),
)

writeReport({
  file: 'contract.md',
  title: 'Contract: what Next expects of a cache handler, and what this project promises',
  command: 'npm run bench:contract',
  stores: stores.versions,
  plot: {
    title: 'checks that hold each time',
    bars: subjects.map(({ name }, i) => ({ name, value: Number.parseInt(passes[i] ?? '0'), text: passes[i] ?? '' })),
  },
  budgets: [{ what: 'checks that ours fails', measured: failedOf(subjects.indexOf(ours)), atMost: 0 }],
  body: [
    "One suite (`lib/coherence/conformance`) runs against each handler, configured as its manual says. Next's own `IncrementalCache` calls the page caches, " +
      "and the data caches are called as Next's `use-cache-wrapper` calls them. Every check gets two new processes, each behind a connection to Redis of its own that the check can cut or freeze. " +
      'An edit is the usual recipe: commit, then `revalidateTag(tag, { expire: 0 })`. ' +
      `Each check runs ${TIMES} times and is kept when all of them pass. ` +
      'The suite runs against our handlers in `npm test` too.',
    markdownTable(
      ['a handler that passes guarantees', ...subjects.map(({ name }) => name)],
      [['**passed**', ...passes], ...rows],
    ),
    "“–”: does not apply. Next's own handler keeps nothing in Redis. @fortedigital has no data cache (its manual: `cacheHandlers` and `'use cache'` are not supported), " +
      "and @mrjasonroy configures no page cache: what they leave out goes to Next's own, see its column.",
    ...(reasons.length > 0 ? [`## Why not\n\n${reasons.join('\n')}`] : []),
  ],
})
process.exit(0)
