/** The files that operators load: the Prometheus rules and the Grafana dashboard hold together and name what is there, in its unit. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { BURN_ALERTS, type BurnWindow } from '#lib/observability/monitor/checks/burnRates.ts'
import { WRONG_VERDICTS } from '#lib/verification/verdict.ts'
import { alertmanagerPrograms, prometheusPrograms } from './services/prometheusPrograms.ts'

const run = promisify(execFile)
const DIRECTORY = 'docs/operations'

const datasource = z.strictObject({ type: z.literal('prometheus'), uid: z.string() })
const target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  datasource,
  expr: z.string().min(1),
  legendFormat: z.string().optional(),
  range: z.boolean().optional(),
  instant: z.boolean().optional(),
})
const panel = z.looseObject({
  id: z.int().positive(),
  type: z.enum(['stat', 'timeseries']),
  title: z.string().min(1),
  datasource,
  gridPos: z.strictObject({
    h: z.int().positive(),
    w: z.int().min(1).max(24),
    x: z.int().min(0).max(23),
    y: z.int().min(0),
  }),
  fieldConfig: z.looseObject({ defaults: z.looseObject({ unit: z.string().min(1) }), overrides: z.array(z.unknown()) }),
  targets: z.array(target).min(1),
})
const variable = z.looseObject({
  name: z.string(),
  type: z.literal('datasource'),
  query: z.literal('prometheus'),
  current: z.looseObject({ text: z.string(), value: z.string() }),
})
const dashboardShape = z.looseObject({
  uid: z.string().max(40),
  title: z.string(),
  schemaVersion: z.int(),
  refresh: z.string(),
  time: z.strictObject({ from: z.string(), to: z.string() }),
  templating: z.strictObject({ list: z.array(variable) }),
  panels: z.array(panel).min(1),
})

let dashboard: z.output<typeof dashboardShape>
let rules = ''
let guide = ''

beforeAll(async () => {
  dashboard = dashboardShape.parse(JSON.parse(await readFile(`${DIRECTORY}/grafana/evergreen.json`, 'utf8')))
  rules = await readFile(`${DIRECTORY}/prometheus/rules.yml`, 'utf8')
  guide = await readFile(`${DIRECTORY}/metrics.md`, 'utf8')
})

/** The names that an expression reads, without what a histogram adds to them. */
function metricsOf(expression: string): string[] {
  return (expression.match(/\bevergreen_\w+/g) ?? []).map((name) => name.replace(/_(bucket|sum|count)$/, ''))
}

/** By name, the labels that the guide says a metric has. */
function documented(): Map<string, string[]> {
  return new Map(
    [...guide.matchAll(/^\| `(evergreen_\w+)` \| \w+ \| ([^|]*)\|/gm)].map(([, name = '', labels = '']) => [
      name,
      [...labels.matchAll(/`(\w+)`(?= \(|,|$| )/g)].map(([, label = '']) => label),
    ]),
  )
}

/** The unit in the name of the metric. */
function unitOf(expr: string): string | undefined {
  if (/_total\b/.test(expr)) return undefined
  if (/_seconds(_bucket)?\b/.test(expr)) return 's'
  if (/_bytes\b/.test(expr)) return 'bytes'
  return /_ratio\b/.test(expr) ? 'percentunit' : undefined
}

const expressions = () => dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))

describe('the Grafana dashboard', () => {
  it('asks with every panel, in a unit that fits what it asks for', () => {
    const wrong = dashboard.panels.flatMap(
      ({
        title,
        targets,
        fieldConfig: {
          defaults: { unit },
        },
      }) =>
        targets.flatMap(({ expr }) => {
          const wanted = unitOf(expr)
          // A counter says something as a rate only.
          const bare = /_total\b/.test(expr) && !/\b(rate|increase)\(/.test(expr)
          return bare || (wanted !== undefined && wanted !== unit) ? [{ title, expr, unit }] : []
        }),
    )
    expect(wrong).toEqual([])
  })

  it('finds its data source by a variable that is there', () => {
    const names = new Set(dashboard.templating.list.map(({ name }) => `\${${name}}`))
    const used = dashboard.panels.flatMap((one) => [
      one.datasource.uid,
      ...one.targets.map((query) => query.datasource.uid),
    ])
    expect(used.filter((uid) => !names.has(uid))).toEqual([])
    expect(expressions().filter((expr) => /\$(?!__)/.test(expr))).toEqual([])
  })

  it('gives each panel a number and a place of its own', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true)
  })

  it('reads recorded rules that are recorded', () => {
    const recorded = new Set([...rules.matchAll(/- record: (\S+)/g)].map(([, name]) => name))
    expect(
      expressions()
        .flatMap((expr) => expr.match(/\bevergreen:\w+(?::\w+)?/g) ?? [])
        .filter((name) => !recorded.has(name)),
    ).toEqual([])
  })
})

it('every metric that is asked for is in the guide, with the labels that are asked for', () => {
  const known = documented()
  expect(known.size).toBeGreaterThan(25)
  const asked = [
    ...expressions(),
    ...[...rules.matchAll(/expr: (?:\|\n((?: {10}.*\n)+)|(.*))/g)].map(([, block, line]) => block ?? line ?? ''),
  ]
  expect(asked.length).toBeGreaterThan(25)
  expect([...new Set(asked.flatMap(metricsOf))].filter((name) => !known.has(name))).toEqual([])
  const unknown = asked.flatMap((expr) =>
    [...expr.matchAll(/\b(evergreen_\w+)\{([^}]*)\}/g)].flatMap(([, name = '', selectors = '']) => {
      const labels = [...selectors.matchAll(/(\w+)(?==|!)/g)].map(([, label = '']) => label)
      return labels
        .filter((label) => !known.get(metricsOf(name)[0] ?? '')?.includes(label))
        .map((label) => `${name}: ${label}`)
    }),
  )
  expect(unknown).toEqual([])
})

it('Prometheus burns at the rates and over the windows of the monitor, in its order', () => {
  const name = (window: BurnWindow) => window.replace(/ (.).*/, '$1')
  const burns = [
    ...rules.matchAll(/rate(\w+) > ([\d.]+) \* 0\.01 and evergreen:late_changes_ratio:rate(\w+) > ([\d.]+) \*/g),
  ]
  expect(burns.map(([, long, rate, short, again]) => [long, short, Number(rate), Number(again)])).toEqual(
    BURN_ALERTS.map(({ long, short, rate }) => [name(long), name(short), rate, rate]),
  )
})

it('Prometheus counts as wrong what the one vocabulary of verdicts calls wrong', () => {
  expect(rules).toContain(`verdict=~"${WRONG_VERDICTS.join('|')}"`)
})

it('Alertmanager itself accepts its configuration', async () => {
  const { tool } = await alertmanagerPrograms(AbortSignal.timeout(60_000))
  const { stdout } = await run(tool, ['check-config', 'deploy/prometheus/alertmanager.yml'], { timeout: 60_000 })
  expect(stdout).toMatch(/SUCCESS[^]*1 receivers/)
})

describe('Prometheus itself', () => {
  let promtool = ''
  beforeAll(async () => {
    promtool = (await prometheusPrograms(AbortSignal.timeout(60_000))).tool
  })
  const check = async (...args: string[]) => (await run(promtool, args, { timeout: 60_000 })).stdout

  it('accepts the rules and the configuration', async () => {
    expect(await check('check', 'rules', `${DIRECTORY}/prometheus/rules.yml`)).toContain('SUCCESS')
    for (const file of [`${DIRECTORY}/prometheus/prometheus.yml`, 'deploy/prometheus/prometheus.yml'])
      expect(await check('check', 'config', '--syntax-only', file)).toContain('SUCCESS')
  })

  it('raises and ends the alerts when it should, by the tests of the rules', async () => {
    const files = ['rules', 'burn'].map((name) => `${DIRECTORY}/prometheus/${name}.test.yml`)
    expect((await check('test', 'rules', ...files)).match(/SUCCESS/g)).toHaveLength(files.length)
  })

  it('can read every query of the dashboard', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'evergreen-queries-'))
    try {
      const file = join(directory, 'queries.json')
      const queries = expressions().map((expr, i) => ({ record: `query:${i}`, expr }))
      await writeFile(file, JSON.stringify({ groups: [{ name: 'queries', rules: queries }] }))
      expect(await check('check', 'rules', file)).toContain(`${queries.length} rules found`)
    } finally {
      await rm(directory, { recursive: true })
    }
  })
})
