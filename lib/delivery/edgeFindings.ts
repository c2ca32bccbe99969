/** The alert about an edge that is behind. There is one, under one key, for all causes. */
import type { Finding } from '#lib/alerts/finding.ts'
import type { EdgePort } from '#lib/cdn/edgePort.ts'
import { describeRefused, type RefusedVersion } from '#lib/cdn/publishEach.ts'
import { versionedTag } from '#lib/coherence/tags.ts'

const ALERT = { dedupKey: 'purge:edge', kind: 'purge-failing', severity: 'critical' } as const

/** @param tries that failed, one after the other @param waiting rows that are not done */
export function edgeBehind({ name }: EdgePort, tries: number, answer: string, waiting: number): Finding {
  return {
    ...ALERT,
    summary: `The edge (${name}) is not up to date after ${tries} tries: ${answer}`,
    detail: { layer: 'edge', edge: name, answer, waiting },
  }
}

/** The edge takes calls, and refuses some versions for what they say. @returns nothing where it refuses none */
export function versionsRefused({ name }: EdgePort, refused: readonly RefusedVersion[]): Finding[] {
  const [first] = refused
  if (!first) return []
  const detail = {
    layer: 'edge',
    edge: name,
    answer: first.answer,
    refused: refused.map(({ kind, id, version }) => versionedTag(kind, id, version)),
    productId: first.kind === 'price' || first.kind === 'product' ? first.id : null,
  }
  return [{ ...ALERT, summary: `The edge (${name}) refuses ${describeRefused(refused)}`, detail }]
}
