import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { SignedOutError } from '#lib/access/errors.ts'
import { stubEnvironment } from '#lib/platform/testing/environment.ts'
import { PriceChangeRefusedError, PricesBusyError } from '#lib/pricing/errors.ts'
import { UnreadableBodyError } from './errors.ts'
import { readText } from './readBody.ts'
import { failed } from './failed.ts'

beforeAll(() => stubEnvironment({ databaseUrl: 'postgresql://127.0.0.1/none', redisUrl: 'redis://127.0.0.1:1' }))
afterAll(() => vi.unstubAllEnvs())

const LIMIT = 100

function request(
  body: BodyInit | null,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Request {
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers, body, duplex: 'half' }
  return new Request('http://localhost/api', init)
}

/** A body whose length no header says. */
function stream(bytes: number): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(bytes).fill(0x20))
      controller.close()
    },
  })
}

describe('a JSON body', () => {
  test('is read with any case and parameters of its type', async () => {
    expect(await readText(request('{"a":1}', { 'content-type': 'Application/JSON; charset=utf-8' }), LIMIT)).toBe(
      '{"a":1}',
    )
  })

  test.each([
    ['of another type', request('{}', { 'content-type': 'text/plain' }), 415],
    ['of no type', request(new Uint8Array(2), {}), 415],
    ['of a form', request('a=1', { 'content-type': 'application/x-www-form-urlencoded' }), 415],
    ['that is too large', request('"'.padEnd(LIMIT + 1)), 413],
    ['that is too large and does not say so', request(stream(LIMIT + 1)), 413],
    ['that is empty', request(null), 400],
    ['that is no JSON', request("{'a':1}"), 400],
    ['with something behind it', request('{}{}'), 400],
    ['that is not UTF-8', request(new Uint8Array([0x22, 0xff, 0x22])), 400],
  ])('%s is refused', async (_name, bad, status) => {
    const error = await readText(bad, LIMIT).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnreadableBodyError)
    expect(error).toMatchObject({ status })
  })
})

describe('an error answer', () => {
  test.each([
    [new SignedOutError(), 401, { error: { code: 'signed_out' } }],
    [new PricesBusyError(undefined), 503, { error: { code: 'prices_busy' } }],
    [
      new Error('secret detail'),
      500,
      { error: { code: 'internal', message: 'Something went wrong on our side. It has been logged.' } },
    ],
    [new Error('Connection terminated unexpectedly'), 503, { error: { code: 'store_unavailable' } }],
    [
      new PriceChangeRefusedError([
        { field: 'changes[0].amountCents', productId: 7, message: 'A price is above zero.' },
      ]),
      400,
      {
        error: { field: 'changes[0].amountCents', message: 'A price is above zero.' },
        results: [{ productId: 7, status: 'refused' }],
      },
    ],
  ])('%s has its status, says why, and is kept by no cache', async (error, status, body) => {
    const response = failed(error)
    expect(response.status).toBe(status)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toMatchObject(body)
  })
})
