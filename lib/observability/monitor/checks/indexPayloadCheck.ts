/**
 * Payloads in the version index against Postgres. Pages are filled with them, and one belongs to a version: another text under the same
 * version was written by hand. The row gets a version above it, which brings the right one everywhere.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Finding } from '#lib/alerts/finding.ts'
import { parseTag, tag, type VersionedTag } from '#lib/coherence/tags.ts'
import { resourceOf } from '#lib/catalog/resources.ts'
import { type Check, MOST_NAMED, type MonitorContext, sampleTags } from '../context.ts'
import { countRepairs } from '../metrics.ts'

const RECENT = 100
const RANDOM = 50

interface Poisoned extends VersionedTag {
  readonly said: string
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function poisonedPayloads({ db, index, source }: MonitorContext): Promise<Poisoned[]> {
  const tags = (await sampleTags(db, RECENT, RANDOM)).filter((name) =>
    source.payloadKinds.has(parseTag(name)?.kind ?? ''),
  )
  const refs = tags.flatMap((name) => parseTag(name) ?? [])
  const held = await index.heldStates(refs)
  // After the index: a version that stands there was committed by then.
  const rows = await source.rows(tags)
  return refs.flatMap((ref, i) => {
    const [row, state] = [rows.get(tag(ref.kind, ref.id)), held[i]]
    if (!row || state?.version !== row.version || state.payload === undefined) return []
    if (isDeepStrictEqual(parsed(state.payload), parsed(row.payload ?? ''))) return []
    return [{ ...ref, version: row.version, said: state.payload.slice(0, 300) }]
  })
}

function finding({ kind, id, version, said }: Poisoned): Finding {
  const name = tag(kind, id)
  return {
    dedupKey: `index-payload:${name}`,
    kind: 'poisoned-payload',
    severity: 'critical',
    summary: `What the version index held of the ${resourceOf(kind)?.describe(id) ?? name} was not what version ${version} is in Postgres: written by hand. The monitor gave the row a version above it.`,
    detail: { layer: 'index', ...(resourceOf(kind)?.ofProduct && { productId: id }), tag: name, version, said },
  }
}

export const indexPayloadCheck: Check = {
  name: 'index-payload',
  async run(context, report) {
    const poisoned = await poisonedPayloads(context)
    if (poisoned.length === 0) return []
    const findings = poisoned.slice(0, MOST_NAMED).map(finding)
    await report(findings)
    await context.source.raiseAbove(poisoned.map(({ kind, id, version }) => ({ kind, id, version: version + 1 })))
    countRepairs('payload-removed', poisoned.length)
    return findings
  },
}
