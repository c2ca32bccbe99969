import { expect, test } from 'vitest'
import { boardAction } from './boardActions.ts'

test.each([
  ['/api/queues/invalidation/17/retry', { action: 'queues.retry', target: 'queue:invalidation:17' }],
  ['/api/queues/invalidation/17/retry/failed', { action: 'queues.retry', target: 'queue:invalidation:17' }],
  ['/api/queues/bulk/retry/failed', { action: 'queues.retry', target: 'queue:bulk' }],
  ['/api/queues/bulk/17/clean', { action: 'queues.discard', target: 'queue:bulk:17' }],
  ['/api/queues/bulk/clean/failed', { action: 'queues.discard', target: 'queue:bulk' }],
  ['/api/queues/invalidation/17/promote', { action: 'queues.change', target: 'queue:invalidation:17' }],
])('%s is written to the log as what it is', (path, expected) => {
  expect(boardAction(path)).toEqual(expected)
})

test.each(
  [
    'clean/wait',
    'clean/active',
    'clean/delayed',
    'empty',
    'obliterate',
    'pause',
    'add',
    'concurrency',
    '17/update-data',
  ].map((end) => `/api/queues/invalidation/${end}`),
)('%s is allowed to no role: it could lose a change', (path) => {
  expect(boardAction(path)).toBeUndefined()
})
