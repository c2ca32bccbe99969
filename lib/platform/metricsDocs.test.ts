import { glob, readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

it('every metric that a process publishes is documented, and none that no process has', async () => {
  const names = new Set<string>()
  for await (const file of glob('{lib,workers}/**/*.ts', { exclude: (name) => name.includes('generated') })) {
    if (file.endsWith('.test.ts')) continue
    for (const [, name = ''] of (await readFile(file, 'utf8')).matchAll(
      /(?:name: |publishCounts\(\s*)'(evergreen_\w+)'/g,
    ))
      names.add(name)
  }
  expect(names.size).toBeGreaterThan(10)
  const guide = await readFile('docs/operations/metrics.md', 'utf8')
  const documented = new Set([...guide.matchAll(/^\| `(evergreen_\w+)`/gm)].map(([, name]) => name))
  expect([...names].filter((name) => !documented.has(name))).toEqual([])
  expect([...documented].filter((name) => !names.has(name ?? ''))).toEqual([])
})
