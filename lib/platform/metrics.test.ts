import { Gauge } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { metrics } from './metrics.ts'

const names: string[] = []
afterEach(() => {
  for (const name of names.splice(0)) metrics().removeSingleMetric(name)
})

function gauge(name: string, collect: () => Promise<void> | void): Gauge {
  names.push(name)
  return new Gauge({ name, help: 'Of a test', registers: [metrics()], collect })
}

test.each<[string, () => Promise<void> | void]>([
  ['rejects', () => Promise.reject(new Error('Postgres is away'))],
  [
    'throws',
    () => {
      throw new Error('too many open files')
    },
  ],
  ['hangs', () => new Promise<void>(() => undefined)],
])('answers with all other metrics and counts the failure when a collector %s', async (how, collect) => {
  gauge('test_before', () => undefined).set(1)
  gauge(`test_that_${how}`, collect)
  gauge('test_after', () => undefined).set(2)
  const text = await metrics().metrics()
  expect(text).toMatch(/^test_before 1$/m)
  expect(text).toMatch(/^test_after 2$/m)
  expect(text).toMatch(/^process_cpu_seconds_total /m)
  expect(text).not.toContain(`# TYPE test_that_${how}`)
  expect(text).toMatch(new RegExp(`^evergreen_metrics_failures_total\\{metric="test_that_${how}"\\} 1$`, 'm'))
})
