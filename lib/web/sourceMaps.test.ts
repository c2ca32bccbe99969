import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'

/** In a process of its own: Next changes the errors of the whole process. */
const printing = (chunk: string) => `
  import { createRequire } from 'node:module'
  import { inspect } from 'node:util'
  import 'next/dist/server/node-environment.js'
  import { nameSourcesOfErrors } from ${JSON.stringify(path.join(import.meta.dirname, 'sourceMaps.ts'))}
  nameSourcesOfErrors()
  process.stdout.write(inspect(createRequire(import.meta.url)(${JSON.stringify(chunk)})()))`

test('an error that Next prints names the source of a chunk, by the map beside it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-'))
  const chunk = path.join(folder, 'chunk.cjs')
  writeFileSync(chunk, "module.exports = () => new Error('broken')")
  // The whole line is line 3 of the source.
  const map = { version: 3, file: 'chunk.cjs', sources: ['page.tsx'], names: [], mappings: 'AAEA' }
  writeFileSync(`${chunk}.map`, JSON.stringify(map))
  const env = { NODE_ENV: 'production' } as const
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', printing(chunk)], {
    env,
    encoding: 'utf8',
  })
  rmSync(folder, { recursive: true })
  expect(stdout).toContain('page.tsx:3:1')
})
