import { glob, readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

it('every metric that a process publishes is documented, and none that no process has', async () => {
  const names = new Set<string>()
  for await (const file of glob('{lib,workers}/**/*.ts', { exclude: (name) => name.includes('generated') })) {
    if (file.endsWith('.test.ts')) continue
    const source = await readFile(file, 'utf8')
    // The kernel's names get the project's prefix where its port is filled.
    const [pattern, prefix] = file.startsWith('lib/coherence/')
      ? [/name: '([a-z]\w+)',\s+help:/g, 'evergreen_']
      : [/name: '(evergreen_\w+)'/g, '']
    for (const [, name = ''] of source.matchAll(pattern)) names.add(prefix + name)
  }
  expect(names.size).toBeGreaterThan(10)
  const guide = await readFile('docs/operations/metrics.md', 'utf8')
  const documented = new Set([...guide.matchAll(/^\| `(evergreen_\w+)`/gm)].map(([, name]) => name))
  expect([...names].filter((name) => !documented.has(name))).toEqual([])
  expect([...documented].filter((name) => !names.has(name ?? ''))).toEqual([])
})
