import { expect, test } from 'vitest'
import { VARIABLES } from '#lib/platform/env.ts'
import { NEEDED_SECRETS, SECRETS, type ProcessKind } from '#lib/platform/secrets.ts'
import { processEnvironment, systemEnvironment } from './processEnvironment.ts'

const every = Object.fromEntries(VARIABLES.map((name) => [name, `value of ${name}`]))
const machine = { PATH: '/bin', LANG: 'C', NODE_COMPILE_CACHE: '/tmp/compiled' }
const shell = { ...machine, AWS_SECRET_ACCESS_KEY: 'of another program', DATABASE_URL: 'of the shell' }
const secretsOf = (kind: ProcessKind) =>
  Object.keys(processEnvironment(kind, { ...every, ...shell }, shell))
    .filter((name) => name in SECRETS)
    .toSorted()

test('an edge gets one secret, the prober the database, and a web instance not the password of the administrator', () => {
  expect(secretsOf('edge')).toEqual(['EDGE_SECRET'])
  expect(secretsOf('prober')).toEqual([
    'DATABASE_DIRECT_URL',
    'DATABASE_URL',
    'EDGE_SECRET',
    'METRICS_TOKEN',
    'OTEL_EXPORTER_OTLP_HEADERS',
  ])
  for (const kind of ['web', 'worker', 'prober', 'edge'] as const)
    expect(secretsOf(kind)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/ADMIN_PASSWORD|MIGRATION|EVERGREEN_TOKEN|REDIS_URL_/)]),
    )
})

test('a process gets what the machine says and each setting, and nothing else that stands in the shell', () => {
  const environment = processEnvironment('worker', { ...every, ...shell }, shell)
  expect(environment).toMatchObject({ ...machine, PORT: 'value of PORT', LOG_LEVEL: 'value of LOG_LEVEL' })
  expect(Object.keys(environment)).not.toContain('AWS_SECRET_ACCESS_KEY')
  expect(systemEnvironment(shell)).toEqual({ ...machine, NODE_ENV: 'production' })
})

test('web instances and workers get the address of Redis that is theirs, where there is one', () => {
  expect(processEnvironment('web', every, shell)['REDIS_URL']).toBe('value of REDIS_URL_WEB')
  expect(processEnvironment('worker', every, shell)['REDIS_URL']).toBe('value of REDIS_URL_WORKER')
  const { REDIS_URL_WEB: _web, ...rest } = every
  expect(processEnvironment('web', rest, shell)['REDIS_URL']).toBe('value of REDIS_URL')
})

test('a variable whose name says that it is a secret stands in the table', () => {
  const secret = VARIABLES.filter((name) =>
    /SECRET|PASSWORD|TOKEN|_HEADERS|DATABASE_(?:\w+_)?URL|REDIS_URL|WEBHOOK/.test(name),
  )
  expect(Object.keys(SECRETS).toSorted()).toEqual(secret.toSorted())
  expect(Object.keys(NEEDED_SECRETS).length).toBeGreaterThan(3)
})
