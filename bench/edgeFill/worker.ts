/**
 * The Worker of this benchmark: one page, sent as it was filled, or filled here. What KV would hold is in memory, and the value of
 * each slot is made before: filling costs at least what is measured.
 */
import type { Part } from '../../lib/coherence/template/parts.ts'
import type { Filling } from '../../lib/coherence/template/slotValues.ts'
import { fill } from '../../lib/coherence/testing/templateParts.ts'

interface Environment {
  /** As the shop sends it. */
  readonly FILLED: ArrayBuffer
  /** A template as KV would hold it: gzip over JSON, as a Worker unpacks no zstd. */
  readonly TEMPLATE: ArrayBuffer
  /** The payloads of its prices, as KV would hold them. */
  readonly PAYLOADS: readonly string[]
  /** By slot. */
  readonly VALUES: Readonly<Record<string, string | number>>
}

const HTML = { 'content-type': 'text/html; charset=utf-8' }
const encoder = new TextEncoder()

/** Bytes travel as text: most of a page is. */
function revive(parts: readonly (Part | string)[]): Part[] {
  return parts.map((part): Part => {
    if (typeof part === 'string') return encoder.encode(part)
    if (part instanceof Uint8Array || 'leaf' in part) return part
    if ('when' in part) return { ...part, parts: revive(part.parts) }
    return 'embedded' in part ? { embedded: revive(part.embedded) } : { counted: revive(part.counted) }
  })
}

async function unpack(bytes: ArrayBuffer): Promise<Part[]> {
  const stream = new Response(bytes).body?.pipeThrough(new DecompressionStream('gzip'))
  return revive(JSON.parse(await new Response(stream).text()))
}

function fillingOf(env: Environment): Filling {
  // Versions and amounts are read on each request: they are what changes.
  for (const payload of env.PAYLOADS) JSON.parse(payload)
  return { value: (tags, { leaf, argument }) => env.VALUES[`${leaf} ${tags.join()} ${argument}`] }
}

const page = (parts: readonly Part[], env: Environment) => new Uint8Array(fill(parts, fillingOf(env)))

let template: Promise<Part[]> | undefined

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    switch (new URL(request.url).pathname) {
      case '/nothing':
        return new Response('nothing', { headers: HTML })
      case '/filled': {
        const headers = { ...HTML, 'content-encoding': 'br' }
        const init = { headers, encodeBody: 'manual' }
        return new Response(env.FILLED, init)
      }
      case '/unpack-and-fill':
        return new Response(page(await unpack(env.TEMPLATE), env), { headers: HTML })
      case '/fill':
        return new Response(page(await (template ??= unpack(env.TEMPLATE)), env), { headers: HTML })
      case '/fill-and-pack': {
        const plain = new Response(page(await (template ??= unpack(env.TEMPLATE)), env))
        const headers = { ...HTML, 'content-encoding': 'gzip' }
        const init = { headers, encodeBody: 'manual' }
        return new Response(plain.body?.pipeThrough(new CompressionStream('gzip')), init)
      }
      default:
        return new Response('not found', { status: 404 })
    }
  },
}
