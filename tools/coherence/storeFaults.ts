/** `npm run coherence -- --store-faults all`: a history for each fault, on servers of its own, and docs/results/store-faults.md. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { FaultResult } from '../../e2e/coherence/storeFaults/faultRun.ts'
import type { Fleet } from '../../e2e/coherence/storeFaults/fleets.ts'
import { STORE_FAULTS, type FaultName, type FleetName } from '../../e2e/coherence/storeFaults/names.ts'
import { say, stopWithSentence } from '../progress.mjs'
import { build } from '../run/build.ts'
import { identityOfDatabase, ownerUrl } from '../run/catalog.ts'
import type { Environment } from '../run/environment.ts'
import type { Supervisor } from '../run/supervisor.ts'
import { machine } from './document.ts'
import type { CoherenceOptions } from './options.ts'

export interface StoreFaultsOptions {
  readonly options: CoherenceOptions
  /** With the address of a Postgres in which databases can be made. */
  readonly environment: Environment
  readonly dataFolder: string
  readonly distDir: string
  readonly supervisor: Supervisor
}

let running: Fleet | undefined

/** Ends the servers and processes of the fault that is under way. */
export async function stopStoreFaults(): Promise<void> {
  await running?.close()
}

/** @returns true when every fault was run, without a violation */
export async function checkStoreFaults(given: StoreFaultsOptions): Promise<boolean> {
  const { options, dataFolder, distDir, supervisor } = given
  // Each fault has databases of its own.
  const environment = { ...given.environment, DATABASE_URL: ownerUrl(given.environment) }
  const catalog = await identityOfDatabase(environment.DATABASE_URL)
  const logFile = path.join(dataFolder, 'logs/build.log')
  await build({ environment, distDir, catalog, logFile, signal: supervisor.signal })
  Object.assign(process.env, environment, { NEXT_DIST_DIR: distDir, BODIES_URL: given.environment['CACHE_REDIS_URL'] })
  // They read the environment when they are loaded.
  const [{ startFleet }, { runUnderFault }, { faultTable, violationsOf }] = await Promise.all([
    import('../../e2e/coherence/storeFaults/fleets.ts'),
    import('../../e2e/coherence/storeFaults/faultRun.ts'),
    import('../../e2e/coherence/storeFaults/faultReport.ts'),
  ])
  const results: FaultResult[] = []
  for (const [fleetName, names] of byFleet(options.storeFaults)) {
    if (supervisor.stopping) return false
    const fleet = await startFleet(fleetName, path.join(dataFolder, `logs/fleet-${fleetName}.log`))
    running = fleet
    try {
      for (const name of names) {
        say(`  ${STORE_FAULTS[name][0]}`)
        const result = await runUnderFault(fleet, name)
        results.push(result)
        say(`${faultTable([result])}\n`)
      }
    } catch (error) {
      stopWithSentence(error)
    } finally {
      running = undefined
      await fleet.close()
    }
  }
  mkdirSync(path.dirname(options.output), { recursive: true })
  const violations = results.reduce((sum, result) => sum + violationsOf(result), 0)
  writeFileSync(options.output, document(options, faultTable(results), { faults: results.length, violations }))
  say(`${results.length} of ${options.storeFaults.length} faults run, ${violations} violations`)
  return results.length === options.storeFaults.length && violations === 0
}

function byFleet(names: readonly FaultName[]): ReadonlyMap<FleetName, FaultName[]> {
  return Map.groupBy(names, (name) => STORE_FAULTS[name][1])
}

function document(
  { command, storeFaults }: CoherenceOptions,
  table: string,
  { faults, violations }: { faults: number; violations: number },
): string {
  return `# Faults of the stores: a history over each, checked

${faults} of ${storeFaults.length} faults, **${violations} violations** of invariants 1 to 5 of the design.

- Run: ${new Date().toISOString()}
- Machine: ${machine()}
- Again: \`${command}\`
- For each fault two web instances and a worker, on a Redis and a Postgres of their own; 9 readers, of whom 3 stay with each instance and 3 move
  between them, two editors, and one more who writes in Postgres, past the application; 6 products on every page that shows them.

What may be seen: after an edit that was answered with "live", nothing older, fault or none. A write in Postgres, and an edit that is "still propagating": nothing older one
second after it without a fault; from one second before a fault until all is well again, 3 seconds after it. A 503 in place of a page is allowed, and counted;
an answer marked STALE may be 2.5 s behind. The column "own, propagating" counts prices that were older than an edit of the same editor that was answered
with "still propagating": its answer said so. No client sees a version go back.

The last three columns count from the end of the fault, which is to be over within 5,000 ms: until the last read that was refused or
showed less than Postgres had when the fault ended (of all reads that began after its end, each page of each instance among them), until an edit through each instance was "live", until each instance believes the index. Where a server is killed, the fault ends when another has been made the primary.

${table}
`
}
