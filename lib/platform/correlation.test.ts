import { beforeAll, expect, it } from 'vitest'
import { acceptedCorrelationId, CORRELATION_HEADER, correlationHeaders, withCorrelation } from './correlation.ts'
import { stubEnvironment } from './testing/environment.ts'

beforeAll(() => stubEnvironment({ databaseUrl: 'postgresql://127.0.0.1/none', redisUrl: 'redis://127.0.0.1:1' }))

const sent = () => withCorrelation('edit-1', () => correlationHeaders()[CORRELATION_HEADER] ?? '')

it('takes over an id that a process of the shop has signed', () => {
  expect(acceptedCorrelationId(sent())).toBe('edit-1')
})

it('gives a new id to a caller that has signed none, or another one', () => {
  for (const forged of [undefined, '', 'edit-1', sent().replace('edit-1', 'edit-2'), `edit-1/${'A'.repeat(43)}`])
    expect(acceptedCorrelationId(forged)).toMatch(/^[0-9a-f-]{36}$/)
})
