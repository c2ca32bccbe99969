import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Context, Hono } from 'hono'
import { expect, test, vi } from 'vitest'
import { csv, readUpload } from './csv.ts'
import { UnreadableBodyError } from './errors.ts'
import { eventStream, named } from './eventStream.ts'
import { mergeEvents } from './mergeEvents.ts'
import { withProgress } from './progress.ts'

/** The answer of a handler. */
async function answerOf(handler: (c: Context) => Response | Promise<Response>, init?: RequestInit): Promise<Response> {
  const app = new Hono().get('/', handler)
  app.onError((error) => {
    throw error
  })
  return app.request('/', init)
}
const streamOf = (events: Parameters<typeof eventStream>[2], init?: RequestInit) =>
  answerOf((c) => eventStream(c, 'bulk:read', events), init)

async function* counting(signal: AbortSignal, seen: string[]): AsyncGenerator<number> {
  try {
    for (let i = 1; !signal.aborted; i++) {
      yield i
      await nextTurn()
    }
  } finally {
    seen.push('stopped')
  }
}

test('each value is an event, and an end event follows the last one', async () => {
  const response = await streamOf(async function* () {
    yield { event: 'edit', data: { state: 'applying' } }
    yield { event: 'edit', data: { state: 'applied' } }
  })
  expect(response.headers.get('cache-control')).toBe('no-store, no-transform')
  expect(await response.text()).toBe(
    'retry: 1000\n\nevent: edit\ndata: {"state":"applying"}\n\nevent: edit\ndata: {"state":"applied"}\n\nevent: end\ndata: \n\n',
  )
})

test('a stream that breaks does not say that it has ended: the client connects again', async () => {
  const response = await streamOf(async function* () {
    yield { event: 'edit', data: 1 }
    throw new Error('the database is away')
  })
  expect(await response.text()).toBe('retry: 1000\n\nevent: edit\ndata: 1\n\n')
})

test('stops reading when the client has gone in any way', async () => {
  const seen: string[] = []
  const { body } = await streamOf((signal) => named('n', counting(signal, seen)))
  const reader = body?.getReader()
  await reader?.read()
  await reader?.cancel()
  await vi.waitFor(() => expect(seen).toEqual(['stopped']), 10_000)

  const connection = new AbortController()
  const left = await streamOf((signal) => named('n', counting(signal, seen)), { signal: connection.signal })
  const text = left.text()
  connection.abort()
  expect(await text).not.toContain('event: end')
  await vi.waitFor(() => expect(seen).toEqual(['stopped', 'stopped']), 10_000)
})

test('sends the events of several sources over one stream, and stops all of them when one fails', async () => {
  const seen: string[] = []
  async function* failing() {
    yield 1
    throw new Error('the database is away')
  }
  const both = await streamOf((signal) => mergeEvents([named('a', counting(signal, seen)), named('b', failing())]))
  const text = await both.text()
  expect(text).toContain('event: a\ndata: 1\n')
  expect(text).toContain('event: b\ndata: 1\n')
  expect(text).not.toContain('event: end')
  await vi.waitFor(() => expect(seen).toEqual(['stopped']), 10_000)

  const one = () => named('a', (async function* () {})())
  expect(await (await streamOf(() => mergeEvents([one(), one()]))).text()).toContain('event: end')
})

const bytes = (text: string) => new TextEncoder().encode(text)

test('a file is sent as it is made; what fails at once is thrown, what fails later breaks the answer off', async () => {
  const whole = await csv(
    (async function* () {
      yield bytes('sku,price\n')
      yield bytes('A,1.00\n')
    })(),
    'prices.csv',
  )
  expect(whole.headers.get('content-disposition')).toBe('attachment; filename="prices.csv"')
  expect(await whole.text()).toBe('sku,price\nA,1.00\n')

  async function* failing(before: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const text of before) yield bytes(text)
    throw new Error('the database is away')
  }
  await expect(csv(failing([]), 'prices.csv')).rejects.toThrow('the database is away')
  await expect((await csv(failing(['sku,price\n']), 'prices.csv')).text()).rejects.toThrow('the database is away')
})

test('stops making a file when its reader stops before the end', async () => {
  const seen: string[] = []
  const response = await csv(
    (async function* () {
      try {
        for (;;) yield bytes('A,1.00\n')
      } finally {
        seen.push('stopped')
      }
    })(),
    'prices.csv',
  )
  await response.body?.cancel()
  expect(seen).toEqual(['stopped'])
})

test('an upload is taken as text/csv only', () => {
  const upload = (headers: Record<string, string>) => () =>
    readUpload(new Request('http://localhost/api', { method: 'POST', headers, body: 'sku' }))
  expect(upload({ 'content-type': 'text/csv; charset=utf-8' })).not.toThrow()
  expect(upload({ 'content-type': 'application/json' })).toThrow(UnreadableBodyError)
})

const LINES = { headers: { accept: 'application/x-ndjson' } }
const progressOf = (work: (report: (progress: number) => void) => Promise<Response>, init?: RequestInit) =>
  answerOf((c) => withProgress<number>(c, work), init)

test('an answer says its progress line by line, and its status last, when the client accepts lines', async () => {
  const response = await progressOf(async (report) => {
    report(1)
    await nextTurn()
    report(2)
    return Response.json({ id: 7 }, { status: 201 })
  }, LINES)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
  expect(await response.text()).toBe('{"progress":1}\n{"progress":2}\n{"status":201,"body":{"id":7}}\n')
})

test('an answer has its own status when it says no progress or the client accepts no lines', async () => {
  expect((await progressOf(async () => Response.json({}, { status: 409 }), LINES)).status).toBe(409)
  const plain = await progressOf(async (report) => {
    report(1)
    return Response.json({}, { status: 201 })
  })
  expect([plain.status, await plain.text()]).toEqual([201, '{}'])
})

test('an answer that fails after it has said something ends with the status of the failure', async () => {
  const refused = new UnreadableBodyError('unsupported_media_type', 'Send the file as text/csv.')
  const response = await progressOf(async (report) => {
    report(1)
    await nextTurn()
    throw refused
  }, LINES)
  expect((await response.text()).split('\n')[1]).toMatch(
    /^{"status":415,"body":{"error":{"code":"unsupported_media_type"/,
  )
  await expect(progressOf(() => Promise.reject(refused), LINES)).rejects.toBe(refused)
})
