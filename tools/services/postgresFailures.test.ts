import { expect, test } from 'vitest'
import { explainPostgres } from './postgresFailures.ts'

test.each([
  [
    'FATAL:  could not resize shared memory segment "/PostgreSQL.1": No space left on device',
    'no room in shared memory',
  ],
  ['FATAL:  could not map anonymous shared memory: Cannot allocate memory', 'not enough memory'],
  ['FATAL:  could not create semaphores: No space left on device', 'no semaphores left'],
  ['PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device', 'The disk that holds .data is full'],
  ['FATAL:  lock file "postmaster.pid" already exists', 'Another Postgres uses .data'],
  ['postgres: error while loading shared libraries: libicuuc.so.60', 'set DATABASE_URL'],
  ['initdb: error: could not access directory ".data/postgres": Permission denied', 'check who owns it'],
  ['something new', 'Postgres could not be started.'],
])('%s is explained in one sentence that helps', (output, sentence) => {
  const failure = explainPostgres(output, '.data')
  expect(failure.message).toContain(sentence)
  expect(failure.detail).toBe(output)
})
