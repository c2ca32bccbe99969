/** Whether what pages are filled with is what Postgres has: the payloads in the version index against the rows that they belong to. */
import { isDeepStrictEqual } from 'node:util'
import { type Resource, RESOURCES } from '#lib/catalog/resources.ts'
import { keys } from '#lib/coherence/index.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { tag } from '#lib/coherence/tags.ts'
import type { Redis } from 'ioredis'
import { query } from '../lease/servers/postgresPair.ts'

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Of every row whose kind has a payload. One that the index lacks comes with its first reader, and one of another version is a difference of
 * versions: neither is told here.
 * @returns how many were compared, and each difference in words
 */
export async function payloadDifferences(
  databaseUrl: string,
  redis: Redis,
): Promise<{ payloads: number; differences: string[] }> {
  const differences: string[] = []
  let payloads = 0
  for (const [kind, { table, idColumn, versionColumn, payload }] of Object.entries<Resource>(RESOURCES)) {
    if (!payload) continue
    const rows = await query<{ id: number; version: string; payload: string }>(
      databaseUrl,
      `SELECT r.${idColumn} AS id, r.${versionColumn} AS version, (${payload('r')})::text AS payload FROM ${table} r`,
    )
    const texts = rows.length === 0 ? [] : await redis.mget(rows.map(({ id }) => keys.tag(tag(kind, id))))
    for (const [i, row] of rows.entries()) {
      const held = parseTagState(texts[i] ?? null)
      if (held.payload === undefined || held.version !== Number(row.version)) continue
      payloads++
      if (!isDeepStrictEqual(parsed(held.payload), parsed(row.payload)))
        differences.push(
          `the index has ${held.payload} as version ${held.version} of ${tag(kind, row.id)}, Postgres ${row.payload}`,
        )
    }
  }
  return { payloads, differences }
}
