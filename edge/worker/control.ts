/** The control endpoint: publishes versions and purges tags, for a caller with the secret. */
import { CONTROL, LONGEST_HOLD_MS, TAGS_A_CALL, type ControlAnswer } from '../../lib/cdn/control.ts'
import { SIGNATURE_HEADER, verified, WINDOW_MS } from '../../lib/cdn/signature.ts'
import { parseTag } from '../../lib/coherence/tags.ts'
import type { Environment } from './environment.ts'
import { markOf, purgeEverything, raise, writeState, type Mark } from './versions.ts'

const LONGEST_BODY = 256 * 1024

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface Call {
  /** Milliseconds since 1970: no page that was asked for until then is to be served. Undefined: this is about `marks` only. */
  readonly everythingUntil: number | undefined
  readonly marks: Map<string, Partial<Mark>>
  readonly confirmedAt: number | undefined
}

/**
 * @param sentAt milliseconds since 1970: an age counts from then, so that a call which was held up confirms no more than it meant
 * @returns undefined for a body that is not understood
 */
function parseCall(path: string, body: unknown, sentAt: number): Call | undefined {
  if (!isRecord(body)) return undefined
  const now = Date.now()
  if (path === CONTROL.purge) {
    const { tags, holdMs = 0 } = body
    if (typeof holdMs !== 'number' || !(holdMs >= 0 && holdMs <= LONGEST_HOLD_MS)) return undefined
    if (tags === '*') return { everythingUntil: now + holdMs, marks: new Map(), confirmedAt: undefined }
    if (!Array.isArray(tags) || tags.length > TAGS_A_CALL) return undefined
    const names = tags.filter((tag) => typeof tag === 'string' && parseTag(tag))
    return names.length === tags.length
      ? {
          everythingUntil: undefined,
          marks: new Map(names.map((tag) => [tag, { purgedAt: now }])),
          confirmedAt: undefined,
        }
      : undefined
  }
  const { versions, confirm } = body
  if (!Array.isArray(versions) || versions.length > TAGS_A_CALL) return undefined
  const marks = new Map<string, Partial<Mark>>()
  for (const pair of versions) {
    if (!Array.isArray(pair)) return undefined
    const [tag, version]: unknown[] = pair
    if (
      typeof tag !== 'string' ||
      !parseTag(tag) ||
      typeof version !== 'number' ||
      !Number.isSafeInteger(version) ||
      version < 1
    )
      return undefined
    marks.set(tag, { version: Math.max(version, marks.get(tag)?.version ?? 0) })
  }
  const age = isRecord(confirm) ? confirm['ageMs'] : undefined
  if (age !== undefined && (typeof age !== 'number' || !(age >= 0))) return undefined
  return { everythingUntil: undefined, marks, confirmedAt: age === undefined ? undefined : Math.min(now, sentAt) - age }
}

const refused = (status: number, why: string) =>
  Response.json({ error: why }, { status, headers: { 'cache-control': 'no-store' } })

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
  // Before it is read: any client can send one.
  if (!(Number(request.headers.get('content-length') ?? Infinity) <= LONGEST_BODY))
    return refused(413, 'the body is too large, or does not say how large it is')
  const body = await request.text()
  const call = await verified({ method: 'POST', path, body }, request.headers.get(SIGNATURE_HEADER), env.EDGE_SECRET)
  if (!call || !firstHere(call.nonce))
    return refused(403, 'the signature is missing, wrong, too old or was used before')
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return refused(400, 'the body is not JSON')
  }
  const wish = parseCall(path, parsed, call.at)
  if (!wish) return refused(400, `wants versions or tags, at most ${TAGS_A_CALL}`)
  // Versions never sink, so to publish them twice changes nothing; and an edit waits for this.
  const harmless = path === CONTROL.publish && wish.confirmedAt === undefined
  if (!harmless && !(await firstAnywhere(env, call.nonce))) return refused(403, 'the call was used before')
  if (wish.everythingUntil !== undefined) await purgeEverything(env, wish.everythingUntil)
  const snapshot = await raise(env, wish.marks)
  const epoch = await writeState(env, snapshot, wish.confirmedAt)
  const answer: ControlAnswer = {
    epoch,
    versions: [...wish.marks.keys()].map((tag) => [tag, markOf(snapshot, tag).version]),
  }
  return Response.json(answer, { headers: { 'cache-control': 'no-store' } })
}
