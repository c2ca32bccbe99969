/** The address of the shop under test; `npm test` says. */
import { z } from 'zod'

const schema = z.object({
  BASE_URL: z.string().default('http://localhost:3000'),
  DATABASE_URL: z.string(),
  REDIS_URL: z.string(),
  /** The Redis of bodies. */
  BODIES_URL: z.string(),
  ADMIN_EMAIL: z.string().default('admin@evergreen.example'),
  ADMIN_PASSWORD: z.string(),
  /** Chromium as people have it: its headless shell, in which the other tests run, has no back-forward cache. */
  WINDOW_CHROMIUM_PATH: z.string().default(''),
  /** Playwright's: tests that run at once have different ones, from 0. */
  TEST_PARALLEL_INDEX: z.coerce.number().default(0),
})

export const environment = schema.parse(process.env)
