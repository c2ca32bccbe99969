import path from 'node:path'
import { defineConfig, devices } from '@playwright/test'

/** `npm run e2e:freshness` prints what was measured, not only what passed. */
const answers = process.env['TEST_REPORT'] === 'answers'

/** Each of their servers is their own: none of these touches the shop that the others share. */
const OWN_SERVERS = [
  'e2e/admin/{second-factor-due,sign-in-attack}.spec.ts',
  'e2e/requests/limits.spec.ts',
  'e2e/bulk/*.spec.ts',
  'e2e/chaos/*.spec.ts',
  'e2e/coherence/seededBugs.spec.ts',
  'e2e/edge/*.spec.ts',
  'e2e/equality/*.spec.ts',
  'e2e/fleet/*.spec.ts',
  'e2e/freshness/{delivery,prober,purge}.spec.ts',
  'e2e/incidents/!(18-*).spec.ts',
]
/** They read many pages of the shared shop, of which none depends on a price that another test changes. */
const READERS = [
  'e2e/{admin,store}/accessibility.spec.ts',
  'e2e/requests/policy.spec.ts',
  'e2e/store/{contract,gallery,language,layout,weight}.spec.ts',
]
/** They assert a time that a busy machine does not keep: they run with nothing beside them. */
const TIMED = [
  'e2e/coherence/{coherence,storeFaults}.spec.ts',
  'e2e/edge/coherence.spec.ts',
  'e2e/freshness/price.spec.ts',
  'e2e/incidents/frozen-instance.spec.ts',
  'e2e/lease/*.spec.ts',
  'e2e/requests/{flood,unknown}.spec.ts',
  'e2e/store/discontinuedTabs.spec.ts',
]

const at = (files: readonly string[]) => files.map((file) => path.join(import.meta.dirname, file))
const chromium = { ...devices['Desktop Chrome'], channel: undefined }

/**
 * Browser tests against the production build; `npm test` starts it, finds Chromium and passes, through the
 * environment, BASE_URL, ADMIN_EMAIL, ADMIN_PASSWORD, DATABASE_URL, REDIS_URL and CHROMIUM_PATH.
 */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  workers: 2,
  forbidOnly: true,
  retries: 0,
  // Axe looks at a dozen pages in one test, beside the tests of another project. What is waited for has bounds of its own.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [
    ...(answers
      ? ([['./tools/testing/answersReporter.ts'], ['html', { open: 'never' }]] as const)
      : ([['list']] as const)),
    ['json', { outputFile: process.env['PLAYWRIGHT_RESULTS'] ?? 'test-results/results.json' }],
  ],
  use: {
    baseURL: process.env['BASE_URL'] ?? 'http://localhost:3000',
    // A trace slows every step: `--trace on` asks for it.
    trace: 'off',
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
  // `npm test` runs the first three side by side, two files at a time, then the last: see PHASES in tools/testing/phases.ts.
  projects: [
    {
      name: 'shop',
      testIgnore: at([...OWN_SERVERS, ...READERS, ...TIMED]),
      // The tests change prices of one shop: what one file asserts must not move under it.
      workers: 1,
      use: chromium,
    },
    {
      name: 'own servers',
      testMatch: at(OWN_SERVERS),
      testIgnore: at(TIMED),
      // One beside the shop's, and two once those are over: which of the two projects takes longer changes with every file.
      workers: 2,
      use: { ...chromium, baseURL: undefined },
    },
    // After them, by the worker that is free first.
    { name: 'readers', testMatch: at(READERS), workers: 1, use: chromium },
    { name: 'timed', testMatch: at(TIMED), workers: 1, use: chromium },
  ],
})
