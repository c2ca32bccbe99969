import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { foreignOrigin, trustedOrigins } from './trustedOrigins.ts'

beforeAll(() => stubEnvironment({ databaseUrl: 'postgresql://127.0.0.1/none', redisUrl: 'redis://127.0.0.1:1' }))
afterAll(() => vi.unstubAllEnvs())

describe('trusted is PUBLIC_URL, and on the own machine the port that the request came in on', () => {
  test.each([
    [{ host: 'shop.example' }, ['https://shop.example']],
    [{ host: 'localhost:3100' }, ['https://shop.example', 'http://localhost:3100']],
    [{ host: '127.0.0.1:3100' }, ['https://shop.example', 'http://127.0.0.1:3100']],
    [{ host: 'evil.example' }, ['https://shop.example']],
    [{ host: 'localhost.evil.example' }, ['https://shop.example']],
    [{ host: 'evil.example/localhost:1' }, ['https://shop.example']],
  ])('%j', (headers, origins) => {
    expect(trustedOrigins(new Headers(headers))).toEqual(origins)
  })
})

describe('the sender of a request', () => {
  test.each([
    ['a page of ours', { origin: 'https://shop.example', host: 'shop.example' }, undefined],
    ['a page of ours on the own machine', { origin: 'http://localhost:3100', host: 'localhost:3100' }, undefined],
    [
      'another page on the own machine',
      { origin: 'http://localhost:9999', host: 'localhost:3100' },
      'http://localhost:9999',
    ],
    ['a page of another site', { origin: 'https://evil.example', host: 'shop.example' }, 'https://evil.example'],
    ['a page of our site over http', { origin: 'http://shop.example', host: 'shop.example' }, 'http://shop.example'],
    ['a sandboxed page', { origin: 'null', host: 'shop.example' }, 'null'],
    ['a navigation from another site', { host: 'shop.example', 'sec-fetch-site': 'cross-site' }, 'another site'],
    ['a program', { host: 'shop.example' }, undefined],
  ])('%s', (_name, headers, foreign) => {
    expect(foreignOrigin(new Headers(headers))).toBe(foreign)
  })
})
