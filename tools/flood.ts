/**
 * `npm run flood`: floods the shop that `npm start` runs with what strangers can ask for, ten seconds of each, while a reader
 * measures hits of the page cache. `--seconds 30` takes longer. The table goes to the terminal; docs/results/flood.md has one.
 */
import { parseArgs } from 'node:util'
import { env } from '#lib/platform/env.ts'
import { flood, type FloodRow } from './flood/flood.ts'
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

const answersOf = ({ answers }: FloodRow) =>
  [...answers]
    .toSorted(([one], [other]) => String(one).localeCompare(String(other)))
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ')

function line(row: FloodRow, idle: FloodRow | undefined): string {
  const ratio = idle ? (row.p99 / idle.p99).toFixed(1) : '1.0'
  return `| ${row.name} | ${row.clients} | ${answersOf(row)} | ${row.p50.toFixed(1)} | ${row.p99.toFixed(1)} | ${ratio} | ${row.failed} |`
}

try {
  const each = seconds()
  useRunningShop()
  say('| flood | clients | answers | p50 of a hit, ms | p99, ms | times the p99 at rest | hits that failed |')
  say('|---|---|---|---|---|---|---|')
  let idle: FloodRow | undefined
  await flood({
    url: `http://127.0.0.1:${env().PORT}`,
    page: '/en/categories/chairs',
    seconds: each,
    readsPerSecond: 100,
    onRow(row) {
      say(line(row, idle))
      idle ??= row
    },
  })
} catch (error) {
  stopWithSentence(error)
  process.exitCode = 1
}
