/** A page in each form in which a server gives it out, and where two servers differ in what it says. */
import { computeCacheBustingSearchParam } from 'next/dist/shared/lib/router/utils/cache-busting-search-param.js'
import {
  appendSegmentRequestKeyPart,
  createSegmentRequestKeyPart,
  HEAD_REQUEST_KEY,
  ROOT_SEGMENT_REQUEST_KEY,
  type SegmentRequestKey,
} from 'next/dist/shared/lib/segment-cache/segment-value-encoding.js'
import { z } from 'zod'
import { raw, unpacked, type RawAnswer } from '../support/rawRequest.ts'
import { difference, readFlight, splitHtml } from './flight.ts'

export type Form = 'html' | 'rsc' | `/${string}`

const RENDERED_AT = /(<meta name="rendered-at" content=")[^"]*/g
const PARAM = z.enum(['d', 'c', 'oc'])
const ENCODINGS = ['br', 'gzip'] as const

/** The headers of a request of the client router, and the parameter that belongs to them. */
async function routerRequest(form: Form): Promise<{ headers: Record<string, string>; query: string }> {
  if (form === 'html') return { headers: {}, query: '' }
  const [prefetch, segment] = form === 'rsc' ? [undefined, undefined] : (['1', form] as const)
  const hash = await computeCacheBustingSearchParam(prefetch, segment, undefined, undefined)
  return {
    headers: {
      rsc: '1',
      ...(prefetch && { 'next-router-prefetch': prefetch, 'next-router-segment-prefetch': segment }),
    },
    query: `?_rsc${hash === '' ? '' : `=${hash}`}`,
  }
}

/** @param more headers of the request, such as its encodings */
export async function ask(
  origin: string,
  path: string,
  form: Form,
  more: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const { headers, query } = await routerRequest(form)
  return raw(path + query, { ...headers, ...more }, 'GET', origin)
}

/** A route in flight data: a segment, and under it others by the slot that they fill. */
const segment = z.union([z.string(), z.object({ n: z.string(), t: z.string() })])
interface Node {
  readonly s: z.infer<typeof segment>
  readonly c?: { readonly 'flight:Q': readonly (readonly [string, Node])[] } | undefined
}
const node: z.ZodType<Node> = z.lazy(() =>
  z.object({ s: segment, c: z.object({ 'flight:Q': z.array(z.tuple([z.string(), node])) }).optional() }),
)
const routeTree = z.object({ t: z.object({ t: node }) })

function* keysUnder({ c }: Node, key: SegmentRequestKey): Generator<SegmentRequestKey> {
  yield key
  for (const [slot, child] of c?.['flight:Q'] ?? []) {
    const { s: its } = child
    const part = createSegmentRequestKeyPart(typeof its === 'string' ? its : [its.n, '', PARAM.parse(its.t), null])
    yield* keysUnder(child, appendSegmentRequestKeyPart(key, slot, part))
  }
}

/** The segments of a page that the client router may load, by the tree that the server sends it. */
async function segmentsOf(origin: string, path: string): Promise<Form[]> {
  const { body } = await ask(origin, path, '/_tree')
  const { t } = routeTree.parse(readFlight(body).value)
  const keys = [...keysUnder(t.t, ROOT_SEGMENT_REQUEST_KEY)].map((key) => (key === '' ? '/_index' : key))
  return ['/_tree', HEAD_REQUEST_KEY, ...keys].filter(isForm)
}

function isForm(text: string): text is Form {
  return text === 'html' || text === 'rsc' || text.startsWith('/')
}

function tagsOf({ headers }: RawAnswer): string[] {
  return (headers.get('cache-tag') ?? '').split(',').toSorted()
}

/** The contents of a page: the order of what is loaded early, and the moment of the render, mean nothing. */
function meaningOf({ body }: RawAnswer, form: Form): unknown {
  if (form !== 'html') return flightMeaning(body)
  const { visible, flight } = splitHtml(body.toString())
  return { visible: visible.replace(RENDERED_AT, '$1'), flight: flightMeaning(flight) }
}

function flightMeaning(bytes: Buffer): unknown {
  const { mark, value, hints } = readFlight(bytes)
  return { mark, value: withoutNotes(value, true), hints }
}

/** @param isRoot where `a` is the number of bytes that come before what depends on parameters */
function withoutNotes(value: unknown, isRoot = false): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutNotes(one))
  if (typeof value !== 'object' || value === null) return value
  const isRenderTime = Reflect.get(value, 'name') === 'rendered-at'
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(isRoot && key === 'a') && !(isRenderTime && key === 'content'))
      .map(([key, one]) => [key, withoutNotes(one)]),
  )
}

export interface Compared {
  /** Empty: none. */
  readonly differences: readonly string[]
  /** The number of forms on the page. */
  readonly forms: number
}

/**
 * Compares what two servers answer for each form of a page, packed and not.
 * @param filled the server whose packings are looked at as well
 */
export async function compare(path: string, filled: string, rendered: string): Promise<Compared> {
  const forms: Form[] = ['html', 'rsc', ...(await segmentsOf(rendered, path))]
  const differences: string[] = []
  let answered = 0
  const differ = (form: Form, what: string | undefined) =>
    what !== undefined && differences.push(`${path} ${form} ${what}`)
  const compareForm = async (form: Form) => {
    const [left, right, ...packings] = await Promise.all([
      ask(filled, path, form),
      ask(rendered, path, form),
      ...ENCODINGS.map((encoding) => ask(filled, path, form, { 'accept-encoding': encoding })),
    ])
    for (const name of ['content-type', 'vary', 'cache-control', 'x-nextjs-prerender', 'x-nextjs-postponed'])
      differ(form, difference(left.headers.get(name), right.headers.get(name), name))
    differ(form, difference(left.status, right.status, 'status'))
    differ(form, difference(tagsOf(left), tagsOf(right), 'Cache-Tag'))
    // A segment that is a part of another one.
    if (left.status === 404 && right.status === 404) return
    answered++
    differ(form, difference(meaningOf(left, form), meaningOf(right, form)))
    for (const [i, packed] of packings.entries()) {
      const encoding = ENCODINGS[i]
      if (packed.headers.get('content-encoding') !== encoding) differ(form, `is not packed with ${encoding}`)
      if (!unpacked(packed).equals(left.body)) differ(form, `is other bytes when it is packed with ${encoding}`)
    }
  }
  await Promise.all(forms.map(compareForm))
  return { differences, forms: answered }
}
