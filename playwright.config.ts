import { defineConfig, devices } from '@playwright/test'

/** `npm run e2e:freshness` prints what was measured, not only what passed. */
const answers = process.env['TEST_REPORT'] === 'answers'

/**
 * Browser tests against the production build; `npm test` starts it, finds Chromium and passes, through the
 * environment, BASE_URL, ADMIN_EMAIL, ADMIN_PASSWORD, DATABASE_URL, REDIS_URL and CHROMIUM_PATH.
 */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // The tests change prices of one shop: what one file asserts must not move under it.
  workers: 1,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [
    ...(answers
      ? ([['./tools/testing/answersReporter.ts'], ['html', { open: 'never' }]] as const)
      : ([['list']] as const)),
    ['json', { outputFile: process.env['PLAYWRIGHT_RESULTS'] ?? 'test-results/results.json' }],
  ],
  use: {
    baseURL: process.env['BASE_URL'] ?? 'http://localhost:3000',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env['CHROMIUM_PATH'] || undefined,
      // Chromium's sandbox refuses to run as root.
      args:
        process.getuid?.() === 0
          ? ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
          : ['--disable-background-networking'],
    },
  },
  projects: [{ name: 'chromium', use: { ...devices['Desktop Chrome'], channel: undefined } }],
})
