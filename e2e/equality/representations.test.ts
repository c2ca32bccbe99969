import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { cutPage } from '#lib/coherence/template/cutPage.ts'
import { embeddedText } from '#lib/coherence/template/parts.ts'
import { fill } from '#lib/coherence/testing/templateParts.ts'
import { Placeholders } from '#lib/coherence/template/placeholders.ts'
import type { SlotPort } from '#lib/coherence/template/slots.ts'
import { SlotValues } from '#lib/coherence/template/slotValues.ts'
import { compare } from './representations.ts'

/** The client asks for the stores of a browser test; none is used here. */
vi.hoisted(() => vi.stubEnv('BODIES_URL', 'redis://none'))

const PATH = '/en/products/chair'
const PAYLOAD = '{"amount":1290}'
const amountIn = (row: object | undefined) => (row && 'amount' in row ? Number(row.amount) : undefined)
const SLOTS: SlotPort = {
  secret: 'a secret of the test',
  kinds: { price: (payload) => JSON.parse(payload) },
  leaves: {
    amount: { kind: 'price', value: ([row]) => amountIn(row), numeric: true },
    text: { kind: 'price', value: ([row]) => `€${((amountIn(row) ?? 0) / 100).toFixed(2)}` },
    decimal: { kind: 'price', value: ([row]) => ((amountIn(row) ?? 0) / 100).toFixed(2) },
  },
}

/** A page as Next renders it, with what the client router loads of it, filled from its template. */
function filledPage(): ReadonlyMap<string, string> {
  const placeholders = new Placeholders(SLOTS, 'build')
  const amount = placeholders.number('amount', 42)
  const [text, decimal] = [placeholders.text('text', [42]), placeholders.text('decimal', [42])]
  const flight = `0:{"f":"$L1"}\n1:["$","p",null,{"data-amount-cents":${amount},"children":"${text}"}]\n`
  const html = [
    `<p data-amount-cents="${amount}">${text}</p>`,
    `<script type="application/ld+json">{"price":"${decimal}"}</script>`,
    `<script>self.__next_f.push([1,"${embeddedText(flight)}"])</script>`,
  ].join('')
  const tree = '0:{"t":{"t":{"s":"","c":"$Q1"}}}\n1:[["children",{"s":"products"}]]\n'
  const segmentData = new Map([
    ['/_tree', Buffer.from(tree)],
    ['/_head', Buffer.from('0:{"title":"a chair"}\n')],
    ['/products', Buffer.from(flight)],
  ])
  const page = { html, rscData: Buffer.from(flight), segmentData }
  const { template, slots } = cutPage(page, placeholders, SLOTS.leaves)
  const values = new SlotValues(SLOTS)
  const rows = values.rows(slots, new Map([['price:42', { version: 1, payload: PAYLOAD }]]))
  if (!rows) throw new Error('no rows')
  return new Map([...template].map(([form, parts]) => [form, fill(parts, values.filling(rows)).toString()]))
}

const page = filledPage()
/** What the server of filled pages gives out. */
let given = page
const servers: Server[] = []
let filled: string
let rendered: string

function formOf({ rsc, 'next-router-segment-prefetch': segment }: IncomingHttpHeaders): string {
  return rsc === undefined ? 'html' : String(segment ?? 'rsc')
}

async function serve(pageNow: () => ReadonlyMap<string, string>): Promise<string> {
  const server = createServer(({ headers }, response) => {
    const body = pageNow().get(formOf(headers))
    const encoding = headers['accept-encoding']
    const packed = encoding === 'br' ? brotliCompressSync : encoding === 'gzip' ? gzipSync : undefined
    response.statusCode = body === undefined ? 404 : 200
    if (packed && body !== undefined) response.setHeader('content-encoding', String(encoding))
    response.end(packed && body !== undefined ? packed(body) : body)
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
}

beforeAll(async () => {
  ;[filled, rendered] = await Promise.all([serve(() => given), serve(() => page)])
})
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections()
})

it('finds no difference between two answers of one page, and looks at each form', async () => {
  given = filledPage()
  expect(await compare(PATH, filled, rendered)).toEqual({ differences: [], forms: 5 })
})

it.each([
  ['an attribute', 'html', 'data-amount-cents="1290"', 'data-amount-cents="1291"', 'html /visible: '],
  ['a text', 'html', '>€12.90<', '>€12.80<', 'html /visible: '],
  ['JSON-LD', 'html', '"price":"12.90"', '"price":"12.91"', 'html /visible: '],
  [
    'the flight data of the document',
    'html',
    String.raw`cents\":1290`,
    String.raw`cents\":1291`,
    'html /flight/value/f/',
  ],
  ['the payload of the router', 'rsc', 'cents":1290', 'cents":1390', 'rsc /value/f/'],
  ['a segment', '/products', '"€12.90"', '"€12.98"', '/products /value/f/'],
])('names %s with a digit that is not the one of the rendered page', async (_where, form, right, wrong, named) => {
  const body = page.get(form) ?? ''
  expect(body.split(right)).toHaveLength(2)
  given = new Map([...page, [form, body.replace(right, wrong)]])
  const { differences } = await compare(PATH, filled, rendered)
  expect(differences).toEqual([expect.stringContaining(`${PATH} ${named}`)])
  expect(differences[0]).toContain(/\d[\d.]*(?=\D*$)/.exec(wrong)?.[0])
})
