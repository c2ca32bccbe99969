import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { step } from '../progress.mjs'
import { run } from '../setup/command.mjs'
import { root, type Environment } from './environment.ts'
import { processEnvironment } from './processEnvironment.ts'

/** Paths that a build does not read. Everything else does count, so that a folder added later is not forgotten. */
const NOT_READ = new Set(
  (
    'node_modules docs bench e2e edge cli tools workers generated seed migrations test-results playwright-report ' +
    // Dependencies count by the lockfile.
    'vitest.config.ts playwright.config.ts package.json'
  ).split(' '),
)
const READ = /\.(ts|tsx|js|mjs|json|css|svg|png|jpg|webp|ico|woff2|txt|prisma|md|mdx)$/
const NOT_READ_NAME = /^\.|\.test\.tsx?$|\.tsbuildinfo$|^[A-Z]+\.md$|^next-env\.d\.ts$/

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (NOT_READ.has(entry.name) || NOT_READ_NAME.test(entry.name)) continue
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) yield* sources(file)
    else if (READ.test(entry.name)) yield file
  }
}

/**
 * @param folder of the sources
 * @param context what else ends up in the built pages: addresses, and which catalog they were rendered from
 * @returns a hash that changes when a build would come out different
 */
export function buildInputs(folder: string, context: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of sources(folder)) {
    hash
      .update(`${path.relative(folder, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  for (const item of context) hash.update(`${item}\0`)
  return hash.digest('hex')
}

export interface BuildOptions {
  readonly environment: Environment
  readonly distDir: string
  /** Identifies the catalog. Pages are rendered during the build: those of another catalog must not be served. */
  readonly catalog: string
  readonly logFile: string
  readonly signal: AbortSignal
}

/** Runs `next build`, unless the last one would come out the same. */
export async function build({ environment, distDir, catalog, logFile, signal }: BuildOptions): Promise<void> {
  const publicVariables = Object.entries(environment)
    .filter(([name]) => name.startsWith('NEXT_PUBLIC_') || name === 'PUBLIC_URL')
    .map(([name, value]) => `${name}=${value}`)
  const inputs = buildInputs(root, [catalog, ...publicVariables.toSorted()])
  const stamp = path.join(root, distDir, 'evergreen-inputs')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return
  rmSync(stamp, { force: true })
  mkdirSync(path.dirname(logFile), { recursive: true })
  writeFileSync(logFile, '')
  await step('Building the shop', (detail) =>
    run(process.execPath, [path.join(root, 'node_modules/next/dist/bin/next'), 'build'], {
      cwd: root,
      env: {
        ...processEnvironment('web', environment),
        NODE_ENV: 'production',
        NEXT_DIST_DIR: distDir,
        NEXT_TELEMETRY_DISABLED: '1',
      },
      onLine: (line) => {
        writeFileSync(logFile, `${line}\n`, { flag: 'a' })
        detail(line)
      },
      failure: `The shop could not be built; the whole output is in ${path.relative(process.cwd(), logFile)}.`,
      signal,
    }),
  )
  writeFileSync(stamp, inputs)
}
