/** The control endpoint: publishes versions and purges tags, for whoever holds the secret. */
import { CONTROL, TAGS_A_CALL, type ControlAnswer } from '../../lib/edge/control.ts'
import { SIGNATURE_HEADER, verified, WINDOW_MS } from '../../lib/edge/signature.ts'
import { parseTag } from '../../lib/freshness/tags.ts'
import type { Environment } from './environment.ts'
import { markOf, purgeEverything, raise, writeState, type Mark } from './versions.ts'

const LONGEST_BODY = 256 * 1024

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface Call {
  readonly everything: boolean
  readonly marks: Map<string, Partial<Mark>>
  readonly confirmedAt: number | undefined
}

/** @returns undefined for a body that is not understood */
function parseCall(path: string, body: unknown): Call | undefined {
  if (!isRecord(body)) return undefined
  const now = Date.now()
  if (path === CONTROL.purge) {
    const { tags } = body
    if (tags === '*') return { everything: true, marks: new Map(), confirmedAt: undefined }
    if (!Array.isArray(tags) || tags.length > TAGS_A_CALL) return undefined
    const names = tags.filter((tag) => typeof tag === 'string' && parseTag(tag))
    return names.length === tags.length ? { everything: false, marks: new Map(names.map((tag) => [tag, { purgedAt: now }])), confirmedAt: undefined } : undefined
  }
  const { versions, confirm } = body
  if (!Array.isArray(versions) || versions.length > TAGS_A_CALL) return undefined
  const marks = new Map<string, Partial<Mark>>()
  for (const pair of versions) {
    if (!Array.isArray(pair)) return undefined
    const [tag, version]: unknown[] = pair
    if (typeof tag !== 'string' || !parseTag(tag) || typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) return undefined
    marks.set(tag, { version })
  }
  const age = isRecord(confirm) ? confirm['ageMs'] : undefined
  if (age !== undefined && (typeof age !== 'number' || !(age >= 0))) return undefined
  return { everything: false, marks, confirmedAt: age === undefined ? undefined : now - age }
}

const refused = (status: number, why: string) => Response.json({ error: why }, { status, headers: { 'cache-control': 'no-store' } })

/** Nonces that were used; KV is asked too, because another isolate may have taken the call. */
const used = new Map<string, number>()

function firstHere(nonce: string): boolean {
  const now = Date.now()
  for (const [known, at] of used) if (now - at > 2 * WINDOW_MS) used.delete(known)
  if (used.has(nonce)) return false
  used.set(nonce, now)
  return true
}

async function firstAnywhere(env: Environment, nonce: string): Promise<boolean> {
  const key = `nonce:${nonce}`
  if ((await env.VERSIONS.get([key])).get(key)) return false
  await env.VERSIONS.put(key, '1', { expirationTtl: (2 * WINDOW_MS) / 1_000 })
  return true
}

export async function control(request: Request, env: Environment): Promise<Response> {
  const path = new URL(request.url).pathname
  if (request.method !== 'POST') return refused(405, 'POST only')
  const body = await request.text()
  if (body.length > LONGEST_BODY) return refused(413, 'the body is too large')
  const nonce = await verified({ method: 'POST', path, body }, request.headers.get(SIGNATURE_HEADER), env.EDGE_SECRET)
  if (nonce === undefined || !firstHere(nonce)) return refused(403, 'the signature is missing, wrong, too old or was used before')
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return refused(400, 'the body is not JSON')
  }
  const call = parseCall(path, parsed)
  if (!call) return refused(400, `wants versions or tags, at most ${TAGS_A_CALL}`)
  // Versions never sink, so to publish them twice changes nothing; and an edit waits for this.
  const harmless = path === CONTROL.publish && call.confirmedAt === undefined
  if (!harmless && !(await firstAnywhere(env, nonce))) return refused(403, 'the call was used before')
  if (call.everything) await purgeEverything(env)
  const snapshot = await raise(env, call.marks)
  const epoch = await writeState(env, snapshot, call.confirmedAt)
  const answer: ControlAnswer = { epoch, versions: [...call.marks.keys()].map((tag) => [tag, markOf(snapshot, tag).version]) }
  return Response.json(answer, { headers: { 'cache-control': 'no-store' } })
}
