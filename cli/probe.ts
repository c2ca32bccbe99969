/**
 * `npm run probe`: the prober as a process of its own, as `npm start` runs it. `npm run probe -- --once` reads once and says
 * what it saw, with exit code 1 when a page was wrong; `--url https://…` reads there in place of the shop's own addresses,
 * and leaves nothing behind in the database.
 */
import { parseArgs } from 'node:util'
import { LOCALES } from '#lib/platform/locales.ts'
import { Prober, type Round } from '#lib/observability/probe/prober.ts'
import { probeTargets, subjectOf, urlOf, type ProbeReading } from '#lib/observability/probe/reading.ts'
import { db } from '#lib/platform/db.ts'
import { env } from '#lib/platform/env.ts'
import { say, SetupError, stopWithSentence } from '../tools/progress.mjs'
import { useRunningShop } from '../tools/run/runningShop.ts'

const USAGE = 'Usage: npm run probe -- [--once] [--url ADDRESS] [--products N]'
const PAUSE_MS = 1_000

function options() {
  const spec = {
    once: { type: 'boolean', default: false },
    url: { type: 'string' },
    products: { type: 'string', default: '20' },
  } as const
  const { values } = parseArgs({ options: spec })
  const products = Number(values.products)
  if (!Number.isInteger(products) || products < 1)
    throw new SetupError(`--products takes a whole number from 1. ${USAGE}`)
  if (values.url !== undefined && !/^https?:$/.test(URL.canParse(values.url) ? new URL(values.url).protocol : ''))
    throw new SetupError(`--url takes an http address. ${USAGE}`)
  return { ...values, products }
}

function line({ task, judged }: ProbeReading): string {
  return `  ${judged.verdict.padEnd(11)} ${urlOf(task)}  ${subjectOf(judged)}: ${judged.why}`
}

/** Twice, for a mismatch counts only when it is seen again. */
async function readOnce(prober: Prober): Promise<boolean> {
  const rounds: Round[] = [await prober.round()]
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  rounds.push(await prober.round())
  const readings = rounds.flatMap(({ readings: some }) => some)
  const kept = rounds.flatMap((round) => round.kept)
  const unreadable = readings.filter(({ judged }) => judged.verdict === 'unreadable')
  say(`${readings.length} pages read, ${kept.length} wrong at the second read, ${unreadable.length} without an answer.`)
  for (const reading of [...kept, ...unreadable]) say(line(reading))
  return kept.length === 0 && unreadable.length === 0 && readings.length > 0
}

try {
  const { once, url, products } = options()
  useRunningShop()
  const database = db()
  if (!once && url === undefined) {
    await import('../workers/prober.ts')
  } else {
    const targets =
      url === undefined
        ? probeTargets(env().webUrls, env().EDGE === 'none' ? undefined : env().edgeUrl)
        : (['page', 'feed'] as const).map((layer) => ({
            layer,
            name: layer === 'page' ? new URL(url).host : `${new URL(url).host}, feed`,
            url: url.replace(/\/$/, ''),
          }))
    const prober = new Prober({
      db: database,
      targets,
      locales: LOCALES,
      readsPerRound: 10_000,
      randomProducts: products,
      windowMs: once ? 0 : env().PROBER_WINDOW_MS,
      record: false,
    })
    if (once) {
      const right = await readOnce(prober)
      await database.$disconnect()
      process.exit(right ? 0 : 1)
    }
    for (;;) {
      const { readings, kept } = await prober.round()
      say(`${new Date().toISOString()} ${readings.length} pages, ${kept.length} wrong`)
      for (const reading of kept) say(line(reading))
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
} catch (error) {
  stopWithSentence(error)
  process.exit(1)
}
