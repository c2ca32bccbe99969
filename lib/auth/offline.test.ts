import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { db } from '#lib/platform/db.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { faultProxy } from '#lib/coherence/testing/faultProxy.ts'
import { auth } from './auth.ts'
import { SessionStoreUnavailableError, SignedOutError } from '#lib/access/errors.ts'
import { requirePermission } from './requirePermission.ts'

beforeAll(async () => {
  const closed = await faultProxy({ host: '127.0.0.1', port: 1 })
  await closed.cut()
  stubEnvironment({
    databaseUrl: `postgresql://shop:shop@127.0.0.1:${closed.port}/shop`,
    redisUrl: `redis://127.0.0.1:${closed.port}`,
  })
})
afterAll(async () => {
  await db().$disconnect()
  vi.unstubAllEnvs()
})

test('while Postgres cannot be reached, a session is neither believed nor called ended', async () => {
  const { authCookies, secret } = await auth().$context
  const signature = createHmac('sha256', secret).update('token').digest('base64')
  const cookie = `${authCookies.sessionToken.name}=${encodeURIComponent(`token.${signature}`)}`
  await expect(requirePermission(new Headers({ cookie }), 'prices:write')).rejects.toBeInstanceOf(
    SessionStoreUnavailableError,
  )
  await expect(requirePermission(new Headers(), 'prices:write')).rejects.toBeInstanceOf(SignedOutError)
})
