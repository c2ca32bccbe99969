/** Each benchmark is run by `npm run bench`, and what it found is recorded. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { benchmarks } from '../bench/benchmarks.ts'
import { resultPage } from '../bench/lib/resultPage.ts'
import { growth } from '../bench/serve/growth.ts'
import { root } from './run/environment.ts'

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')))
const names = [...benchmarks(scripts).keys()]
const without = (name: (benchmark: string) => string) => names.filter((one) => !existsSync(path.join(root, name(one))))

it('every program of a benchmark has its script, and npm run bench runs it', () => {
  const programs = globSync('bench/*/{run,memoryRun}.ts', { cwd: root })
  expect(programs.length).toBeGreaterThan(15)
  const run = [...benchmarks(scripts).values()].map((command) => scripts[command.split(' ')[2] ?? ''] ?? '')
  expect(programs.filter((program) => !run.some((script) => script.endsWith(` ${program}`)))).toEqual([])
})

it('every benchmark has a page of results, named in their list, and a plot', () => {
  const list = readFileSync(path.join(root, 'docs/results/README.md'), 'utf8')
  expect(without((name) => `docs/results/${name}.md`)).toEqual([])
  expect(without((name) => `docs/images/${name}.svg`)).toEqual([])
  expect(names.filter((name) => !list.includes(`(${name}.md)`))).toEqual([])
})

it('keeps the run of a million seeded products, which no benchmark makes again, when bench:scale writes its page anew', () => {
  const seeded = '## A million products, seeded'
  const before = readFileSync(path.join(root, 'docs/results/scale.md'), 'utf8')
  const byHand = before.slice(before.indexOf(seeded), before.indexOf('<!-- end -->'))
  expect(byHand).toContain('npm run seed`')
  const after = resultPage(before, { title: 'Anew', sections: ['| a read | 1 |'], again: '## Run it again' })
  expect(after).toBe(`# Anew\n\n| a read | 1 |\n\n<!-- by hand -->\n\n${byHand}<!-- end -->\n\n## Run it again\n`)
})

describe('growth of memory over edits', () => {
  /** As resident memory moves: 12 MB up and down. */
  const noise = Array.from({ length: 20 }, (_, i) => 12 * Math.sin(i * 2.4))

  it('finds a leak of 2 MB a sample within the noise', () => {
    expect(growth(noise.map((by, i) => 500 + by + 2 * i))).toBeGreaterThan(0)
  })

  it('finds none where memory only moves, nor where it rises in the first third alone', () => {
    expect(growth(noise.map((by) => 500 + by))).toBeLessThanOrEqual(0)
    expect(growth(noise.map((by, i) => 500 + by + 20 * Math.min(i, 6)))).toBeLessThanOrEqual(0)
  })
})
