import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'

/** In a process of its own: Next changes the errors of the whole process. */
const PRINTS = `
  import { createRequire } from 'node:module'
  import 'next/dist/server/node-environment.js'
  import { nameSourcesOfErrors } from ${JSON.stringify(path.join(import.meta.dirname, 'sourceMaps.ts'))}
  nameSourcesOfErrors()
  console.error(createRequire(import.meta.url)(process.env.CHUNK)())`

test('an error that Next prints names the source of a chunk, by the map beside it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-'))
  const chunk = path.join(folder, 'chunk.cjs')
  writeFileSync(chunk, "module.exports = () => new Error('broken')")
  // The whole line is line 3 of the source.
  const map = { version: 3, file: 'chunk.cjs', sources: ['page.tsx'], names: [], mappings: 'AAEA' }
  writeFileSync(`${chunk}.map`, JSON.stringify(map))
  const env = { NODE_ENV: 'production', CHUNK: chunk } as const
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', PRINTS], { env, encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  expect(stderr).toContain('page.tsx:3:1')
})
