import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')

// The overrides of a configuration match paths below its own folder, so the planted folder gets one that says
// the same; the plugin is named by its real place.
const PLUGIN = 'tools/lint/houseRules.mjs'
const configuration = readFileSync(path.join(root, '.oxlintrc.json'), 'utf8').replace(
  `./${PLUGIN}`,
  path.join(root, PLUGIN),
)

/** A copy of the project's shape with nothing in it but what a test plants. */
let planted: string

beforeAll(() => {
  mkdirSync(path.join(root, '.data'), { recursive: true })
  planted = mkdtempSync(path.join(root, '.data/lint-'))
  writeFileSync(path.join(planted, '.oxlintrc.json'), configuration)
})
afterAll(() => rmSync(planted, { recursive: true, force: true }))

/** @returns the rules that oxlint reports for one file, as `plugin(rule)` */
function violations(file: string, source: string): string[] {
  const target = path.join(planted, file)
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, source)
  const { stdout } = spawnSync(
    path.join(root, 'node_modules/.bin/oxlint'),
    ['-c', '.oxlintrc.json', '-f', 'unix', '--no-ignore', file],
    {
      cwd: planted,
      encoding: 'utf8',
    },
  )
  rmSync(target)
  return [...stdout.matchAll(/\[Error\/([^\]]+)\]/g)].map((match) => match[1] ?? '')
}

test.each([
  ['process.env outside env.ts', 'lib/pricing/a.ts', `export const a = process.env['A']`, 'node(no-process-env)'],
  ['process.env in a route', 'app/api/a/route.ts', `export const a = process.env.A`, 'node(no-process-env)'],
  [
    'a Redis key by its prefix',
    'lib/catalog/a.ts',
    `export const key = (id: number) => \`price:v4:\${id}\``,
    'evergreen(redis-keys)',
  ],
  ['a Redis key of the index', 'workers/a.ts', `export const key = '{ix}:tag:a'`, 'evergreen(redis-keys)'],
  [
    'a Redis key in a command',
    'lib/queue/a.ts',
    `export const a = (redis: Map<string, string>) => redis.get('held')`,
    'evergreen(redis-keys)',
  ],
  ['a table beside DataTable', 'app/admin/a.tsx', `export const a = <table />`, 'react(forbid-elements)'],
  ['a sign of a currency', 'app/a.tsx', `export const a = <p>Amount in €</p>`, 'evergreen(currencies)'],
  ['a sign in a text', 'lib/catalog/a.ts', `export const a = (b: number) => \`€\${b}\``, 'evergreen(currencies)'],
  ['a currency by its code', 'prisma/seed/a.ts', `export const a = 'in EUR'`, 'evergreen(currencies)'],
  ['a sign in a pattern', 'lib/catalog/a.ts', `export const a = /^€/`, 'evergreen(currencies)'],
  [
    'a hundred cents',
    'cli/a.ts',
    `export const a = (price: { amountMinor: number }) => price.amountMinor / 100`,
    'evergreen(currencies)',
  ],
  [
    'what is left of a hundred cents',
    'workers/a.ts',
    `export const a = (cents: number) => cents % 100`,
    'evergreen(currencies)',
  ],
  ['console in lib', 'lib/catalog/a.ts', `console.log('a')`, 'eslint(no-console)'],
  ['any', 'lib/catalog/a.ts', `export const a: any = 1`, 'typescript(no-explicit-any)'],
  ['as never', 'lib/catalog/a.ts', `export const a: string = 1 as never`, 'evergreen(silenced-compiler)'],
  ['as unknown as', 'lib/catalog/a.ts', `export const a = 1 as unknown as string`, 'evergreen(silenced-compiler)'],
  ['@ts-ignore', 'lib/catalog/a.ts', `// @ts-ignore\nexport const a = 1`, 'typescript(ban-ts-comment)'],
  ['a default export', 'lib/catalog/a.ts', `const a = 1\nexport default a`, 'import(no-default-export)'],
  [
    'lib importing app',
    'lib/catalog/a.ts',
    `import { a } from '../../app/a.ts'\nexport { a }`,
    'eslint(no-restricted-imports)',
  ],
  [
    'workers importing app',
    'workers/a.ts',
    `import { a } from '../app/a.ts'\nexport { a }`,
    'eslint(no-restricted-imports)',
  ],
  [
    'the kernel importing React',
    'lib/coherence/store/a.ts',
    `import { cache } from 'react'\nexport { cache }`,
    'eslint(no-restricted-imports)',
  ],
  [
    'the kernel importing next',
    'lib/coherence/store/a.ts',
    `import { cacheTag } from 'next/cache'\nexport { cacheTag }`,
    'eslint(no-restricted-imports)',
  ],
  [
    'lib/coherence importing app',
    'lib/coherence/store/a.ts',
    `import { a } from '../../../app/a.ts'\nexport { a }`,
    'eslint(no-restricted-imports)',
  ],
  [
    'a room importing a room above it',
    'lib/platform/a.ts',
    `import { a } from '#lib/pricing/a.ts'\nexport { a }`,
    'evergreen(rooms)',
  ],
  [
    'a room importing a type from a room above it, by a relative path',
    'lib/coherence/index/a.ts',
    `import type { A } from '../../delivery/a.ts'\nexport type { A }`,
    'evergreen(rooms)',
  ],
  [
    'a room handing on what a room above it exports',
    'lib/money/a.ts',
    `export * from '#lib/catalog/a.ts'`,
    'evergreen(rooms)',
  ],
  [
    'a route importing Redis',
    'app/a.ts',
    `import { Redis } from 'ioredis'\nexport { Redis }`,
    'eslint(no-restricted-imports)',
  ],
  [
    'a route importing the database',
    'app/a.ts',
    `import { db } from '#lib/platform/db.ts'\nexport { db }`,
    'eslint(no-restricted-imports)',
  ],
  [
    'a focused test',
    'lib/a.test.ts',
    `import { expect, test } from 'vitest'\ntest.only('a', () => expect(1).toBe(1))`,
    'vitest(no-focused-tests)',
  ],
  [
    'a test without an assertion',
    'lib/a.test.ts',
    `import { test } from 'vitest'\ntest('a', () => {})`,
    'vitest(expect-expect)',
  ],
  [
    'a skipped test',
    'lib/a.test.ts',
    `import { expect, test } from 'vitest'\ntest.skip('a', () => expect(1).toBe(1))`,
    'vitest(no-disabled-tests)',
  ],
  [
    'a test that a machine without a program leaves out',
    'lib/a.test.ts',
    `import { expect, test } from 'vitest'\ntest.runIf(process.env['A'])('a', () => expect(1).toBe(1))`,
    'evergreen(conditional-tests)',
  ],
  [
    'a wait that ends after a second',
    'lib/a.test.ts',
    `import { vi } from 'vitest'\nexport const a = () => vi.waitUntil(() => true, { interval: 5 })`,
    'evergreen(bounded-waits)',
  ],
  [
    'an import past the doors of the kernel',
    'lib/delivery/a.ts',
    `import { keys } from '#lib/coherence/protocol/keys.ts'\nexport { keys }`,
    'evergreen(kernel-doors)',
  ],
  [
    'a role of the worker that looks its parts up',
    'workers/a.ts',
    `import { db } from '#lib/platform/db.ts'\nexport { db }`,
    'evergreen(given-parts)',
  ],
  [
    'delivery that looks the kernel up',
    'lib/delivery/changes/a.ts',
    `import { coherence as kernel } from '#lib/catalog/coherence.ts'\nexport { kernel }`,
    'evergreen(given-parts)',
  ],
  [
    'the server that looks up what webParts() has',
    'server.ts',
    `import { db } from '#lib/platform/db.ts'\nexport { db }`,
    'evergreen(given-parts)',
  ],
  [
    'a module of the server that looks its parts up',
    'lib/web/limits/a.ts',
    `import { indexRedis } from '#lib/platform/redis.ts'\nexport { indexRedis }`,
    'evergreen(given-parts)',
  ],
  [
    'a purge that looks the edge up',
    'lib/delivery/purge/a.ts',
    `import { edge } from '#lib/cdn/edgePort.ts'\nexport { edge }`,
    'evergreen(given-parts)',
  ],
  [
    'a route that looks the kernel up past webParts()',
    'app/api/a/route.ts',
    `import { versionIndex } from '#lib/catalog/coherence.ts'\nexport { versionIndex }`,
    'evergreen(given-parts)',
  ],
  ['a file over 300 lines', 'lib/catalog/a.ts', 'export {}\n'.repeat(301), 'eslint(max-lines)'],
])('lint refuses %s', (_name, file, source, rule) => {
  expect(violations(file, source)).toContain(rule)
})

test.each([
  ['process.env in env.ts', 'lib/platform/env.ts', `export const a = process.env['A']`],
  ['a key in keys.ts', 'lib/coherence/protocol/keys.ts', `export const a = '{ix}:tag:a'`],
  ['console in tools', 'tools/a.ts', `console.log('a')`],
  [
    'an import through a door of the kernel',
    'lib/delivery/a.ts',
    `import { tag } from '#lib/coherence/tags.ts'\nexport { tag }`,
  ],
  [
    'the root of the worker, which makes its parts',
    'workers/index.ts',
    `import { db } from '#lib/platform/db.ts'\nexport { db }`,
  ],
  [
    'the parts of a web instance in their one place',
    'lib/web/parts.ts',
    `import { db } from '#lib/platform/db.ts'\nexport { db }`,
  ],
  ['a type of a part', 'workers/a.ts', `import type { Db } from '#lib/platform/db.ts'\nexport type { Db }`],
  ['a sign of a currency in a test', 'app/a.test.ts', `export const a = '12,90 €'`],
  [
    'a wait with a bound',
    'lib/a.test.ts',
    `import { vi } from 'vitest'\nexport const a = () => vi.waitFor(() => true, 9)`,
  ],
  ['a share in percent', 'app/a.ts', `export const a = (percent: number) => percent / 100`],
  ['an import from a room below', 'lib/pricing/a.ts', `import { a } from '#lib/money/a.ts'\nexport { a }`],
  ['a tag, which is not a key', 'lib/coherence/tags.ts', `export const a = (id: number) => \`price:\${id}\``],
  [
    'a page, which Next wants as default export',
    'app/[locale]/page.tsx',
    `export default function Page() { return null }`,
  ],
])('lint accepts %s', (_name, file, source) => {
  expect(violations(file, source)).toEqual([])
})
