import path from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Servers of their own: they mostly wait, for alerts and for what was killed to come back. */
const WAITING = 'e2e/**/*.test.ts'
/** Of them, those that keep the processor busy: beside them a cluster that fails over would be late. */
const BUSY = 'e2e/{incidents/[0-9]*,strategies/*}.test.ts'

/** Files of half a minute and more: begun last, they would run while nothing else does. */
const LONG = [
  'e2e/incidents/redisAlerts',
  'e2e/incidents/crashes',
  'e2e/incidents/relayAlerts',
  'e2e/dropin/dropin',
  'e2e/bulk/schedules',
  'e2e/bulk/crashes',
  'e2e/bulk/outages',
  'lib/coherence/conformance/model',
].map((file) => path.join(import.meta.dirname, `${file}.test.ts`))

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files.filter(({ moduleId }) => !LONG.includes(moduleId)))
    return [...LONG.flatMap((file) => files.filter(({ moduleId }) => moduleId === file)), ...others]
  }
}

/** For a machine of two cores, which one file at a time leaves idle most of the time. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: { name: 'waiting', include: [WAITING], exclude: [BUSY], maxWorkers: 3, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{app,cli,edge,lib,prisma,tools,workers}/**/*.test.ts'],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      { extends: true, test: { name: 'busy', include: [BUSY], maxWorkers: 2, sequence: { groupOrder: 2 } } },
    ],
    // Integration tests share one Postgres and one Redis with the machine's other work. What is waited for has bounds of its own.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 10_000 } },
    // A condition that never comes true fails its own test, not the whole run.
    teardownTimeout: 10_000,
    restoreMocks: true,
    allowOnly: false,
    env: { LOG_LEVEL: 'silent' },
  },
})
