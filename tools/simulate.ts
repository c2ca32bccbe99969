/**
 * `npm run simulate -- --seed 1 --histories 1000`: the caching kernel in simulated time, history after history, each made from its
 * seed. `--bug no-wait` puts a known fault back, which must be found; `--bug all` each of them. `--known` looks for it in one history
 * that is known to show it. `--trace` prints the first history. The
 * histories are dealt out to `--processes` processes, one for each core; `--every 2` plays each second seed. Fails when a history
 * shows something that must not be, or a fault is not found. See docs/operations/simulation.md.
 */
import { registerHooks } from 'node:module'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { SetupError, stopWithSentence } from './progress.mjs'

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1)
    throw new SetupError(`--${name} is a whole number from 1 on, not ${JSON.stringify(text)}.`)
  return Number(text)
}

try {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      histories: { type: 'string', default: '1000' },
      every: { type: 'string', default: '1' },
      processes: { type: 'string', default: String(availableParallelism()) },
      minutes: { type: 'string', default: '60' },
      bug: { type: 'string' },
      known: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
    },
  })
  const numbers = {
    seed: whole('seed', values.seed),
    histories: whole('histories', values.histories),
    every: whole('every', values.every),
    processes: values.trace ? 1 : whole('processes', values.processes),
    minutes: whole('minutes', values.minutes),
  }
  const small = new URL('../e2e/simulation/smallCaches.ts', import.meta.url).href
  registerHooks({
    resolve: (name, context, next) =>
      name === 'lru-cache' && context.parentURL !== small ? { url: small, shortCircuit: true } : next(name, context),
  })
  // Only now: what it imports is resolved through the hook.
  const { runSimulation } = await import('../e2e/simulation/run.ts')
  const isRight = await runSimulation({ ...numbers, bug: values.bug, isKnown: values.known, isTraced: values.trace })
  if (!isRight) process.exitCode = 1
} catch (error) {
  stopWithSentence(error)
}
