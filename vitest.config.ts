import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{app,cli,e2e,edge,lib,prisma,tools,workers}/**/*.test.ts'],
    // Integration tests share one Postgres and one Redis with the machine's other work.
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // A condition that never comes true fails its own test, not the whole run.
    teardownTimeout: 10_000,
    restoreMocks: true,
    allowOnly: false,
    env: { LOG_LEVEL: 'silent' },
  },
})
