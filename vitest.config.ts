import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { defineConfig } from 'vitest/config'

/** Those of e2e take longest and mostly wait, for alerts and for servers to come back: the others run beside them. */
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const waits = ({ moduleId }: TestSpecification) => moduleId.includes('/e2e/')
    const sorted = await super.sort(files)
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))]
  }
}

export default defineConfig({
  test: {
    include: ['{app,cli,e2e,edge,lib,prisma,tools,workers}/**/*.test.ts'],
    // Integration tests share one Postgres and one Redis with the machine's other work.
    // Two cores are busy with three files at once: each waits for its stores half of the time.
    maxWorkers: 3,
    sequence: { sequencer: WaitingFirst },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // A condition that never comes true fails its own test, not the whole run.
    teardownTimeout: 10_000,
    restoreMocks: true,
    allowOnly: false,
    env: { LOG_LEVEL: 'silent' },
  },
})
