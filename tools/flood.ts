/**
 * `npm run flood`: floods the shop that `npm start` runs with what strangers can ask for, ten seconds of each, while a reader
 * measures hits of the page cache; and before each the same clients flood a bare process, which is what they cost the machine without
 * the shop. `--seconds 30` takes longer. The table goes to the terminal; docs/results/flood.md has one.
 */
import { parseArgs } from 'node:util'
import { env } from '#lib/platform/env.ts'
import { flood, type FloodRow, type Hits } from './flood/flood.ts'
import { say, SetupError, stopWithSentence } from './progress.mjs'
import { useRunningShop } from './run/runningShop.ts'

const MOST_SECONDS = 60

function seconds(): number {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' } } })
  const given = Number(values.seconds)
  if (!Number.isInteger(given) || given < 1 || given > MOST_SECONDS)
    throw new SetupError(`--seconds takes a whole number from 1 to ${MOST_SECONDS}.`)
  return given
}

const answersOf = ({ answers }: Pick<FloodRow, 'answers'>) =>
  [...answers]
    .toSorted(([one], [other]) => String(one).localeCompare(String(other)))
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ')

function line({ name, clients, hits, control, ...row }: FloodRow, idle: Hits): string {
  const times = (other: Hits | undefined) => (other ? (hits.p99 / other.p99).toFixed(1) : '')
  const cells = [
    name,
    clients,
    answersOf(row),
    hits.p50.toFixed(1),
    hits.p99.toFixed(1),
    times(idle),
    control?.p99.toFixed(1) ?? '',
    times(control),
    hits.failed,
  ]
  return `| ${cells.join(' | ')} |`
}

try {
  const each = seconds()
  useRunningShop()
  say(
    '| flood | clients | answers | p50 of a hit, ms | p99, ms | times the p99 at rest | p99 beside a bare process, ms | times that | hits that failed |',
  )
  say('|---|---|---|---|---|---|---|---|---|')
  let idle: Hits | undefined
  await flood({
    url: `http://127.0.0.1:${env().PORT}`,
    page: '/en/categories/chairs',
    seconds: each,
    readsPerSecond: 100,
    withControl: true,
    onRow(row) {
      idle ??= row.hits
      say(line(row, idle))
    },
  })
} catch (error) {
  stopWithSentence(error)
  process.exitCode = 1
}
