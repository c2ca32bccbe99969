import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { actionsOfForm, isActionForm } from './actionForms.ts'
import { wholeBody } from './limits/wholeBody.ts'

const OURS = '40'.repeat(21)
const CACHED = '80'.repeat(21)
const BOUNDARY = 'a-boundary'

/** Answers with what the form names, and with the body as the next reader has it. */
const server = createServer((asked, answer) => {
  const looked = async () => {
    const body = await wholeBody(asked, answer)
    if (!body) return
    const ids = isActionForm(asked) ? await actionsOfForm(asked, body) : 'no form'
    answer.end(JSON.stringify({ ids, body: await text(asked) }))
  }
  void looked()
})
let port: number
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  port = typeof address === 'object' ? (address?.port ?? 0) : 0
})
afterAll(() => server.close())

interface Field {
  readonly name: string
  readonly value: string
  readonly headers?: string
}

const bodyOf = (fields: readonly Field[]) =>
  `${fields.map(({ name, value, headers = '' }) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n${headers}\r\n${value}\r\n`).join('')}--${BOUNDARY}--\r\n`

async function named(fields: readonly Field[], headers: Readonly<Record<string, string>> = {}) {
  const body = bodyOf(fields)
  const type = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
  const sent = request({ port, host: '127.0.0.1', method: 'POST', headers: { ...type, ...headers } })
  sent.end(body)
  const [answer] = await once(sent, 'response')
  const { ids, body: read } = JSON.parse(await text(answer))
  expect(read, 'the next reader has the whole body').toBe(body)
  return ids
}

const reference = (descriptor: string, headers = ''): Field[] => [
  { name: '$ACTION_REF_1', value: '' },
  { name: '$ACTION_1:0', value: descriptor, headers },
  { name: '$ACTION_1:1', value: '[]' },
]

test('says which actions a form names, in a field of its own or by a reference', async () => {
  expect(await named([{ name: `$ACTION_ID_${OURS}`, value: '' }])).toEqual([OURS])
  expect(await named(reference(`{"id":"${OURS}","bound":"$@1"}`))).toEqual([OURS])
  expect(
    await named([...reference(`{"id":"${CACHED}","bound":null}`), { name: `$ACTION_ID_${OURS}`, value: '' }]),
  ).toEqual([CACHED, OURS])
  expect(await named([{ name: 'email', value: `$ACTION_ID_${CACHED}` }])).toEqual([])
})

test('is not misled about a reference by what Next and React read differently', async () => {
  const base64 = Buffer.from(`{"id":"${CACHED}","bound":null}`).toString('base64')
  const escaped = CACHED.replace('8', String.raw`\u0038`)
  const misleading = [
    reference(`{"id":"${OURS}","id":"${CACHED}"}`),
    reference(`{"id":"${OURS}","bound":null,"id":"${escaped}"}`),
    reference(`{"id":"${escaped}","bound":null}`),
    reference(`{"id":"$1","bound":null}`),
    reference(` {"id":"${OURS}","bound":null}`),
    reference('no JSON'),
    [{ name: '$ACTION_REF_1', value: '' }],
  ]
  expect(await Promise.all(misleading.map((fields) => named(fields)))).toEqual(misleading.map(() => [null]))
  const decoded = await named(reference(base64, 'Content-Transfer-Encoding: base64\r\n'))
  expect([[CACHED], [null]]).toContainEqual(decoded)
})

test('takes a large body whole, and looks at no other one', async () => {
  expect(
    await named([
      { name: 'note', value: 'x'.repeat(200_000) },
      { name: `$ACTION_ID_${OURS}`, value: '' },
    ]),
  ).toEqual([OURS])
  expect(await named([], { 'next-action': OURS })).toBe('no form')
  expect(await named([], { 'content-type': 'text/plain' })).toBe('no form')
  expect(await named([{ name: 'a', value: 'b' }], { 'content-type': 'multipart/form-data' })).toEqual([null])
})
