/** What must be true of the stores once everything has healed, and how it is said when it is not. */
import { keys } from '#lib/coherence/index.ts'
import { parseTagState } from '#lib/coherence/protocol/tagState.ts'
import { tag } from '#lib/coherence/tags.ts'
import type { Invariant } from '../coherence/history.ts'
import type { Database } from './database.ts'
import type { SimulatedFleet } from './simulatedFleet.ts'
import { KIND } from './source.ts'

/**
 * `lost`: nothing is left that would bring a change to the index; `index`: it differs from Postgres, or is not believed; `page`: a page does,
 * or is refused; `error`: an exception that is no answer; `endless`: the history did not end.
 */
export type Kind = Invariant | 'lost' | 'index' | 'page' | 'error' | 'endless'

export interface Wrong {
  readonly kind: Kind
  /** In words. */
  readonly what: string
}

/** A tag that Redis does not hold is asked for. That of a commit that was shown may be in its hash: see `shown.lua`. */
function differences({ rows }: Database, { primary }: SimulatedFleet) {
  const hashes = [...String(primary.run('GET', [keys.position], undefined)).matchAll(/\d+@(\S+) /g)]
  return [...rows].flatMap(([id, { version }]) => {
    const name = keys.tag(tag(KIND, id))
    const texts = [
      primary.run('GET', [name], undefined),
      ...hashes.map(([, hash = '']) => primary.run('HGET', [hash, name], undefined)),
    ]
    const held = Math.max(...texts.map((text) => parseTagState(String(text ?? '0')).version))
    return held !== 0 && held !== version ? [{ id, held, version }] : []
  })
}

const named = ({
  id,
  held,
  version,
}: {
  readonly id: number
  readonly held: number
  readonly version: number
}): string => `the index has version ${held} of product ${id}, Postgres ${version}`

/** @returns what the index lacks, where nothing is left that would bring it: what is marked as indexed, and is not */
export function lostChanges(database: Database, fleet: SimulatedFleet): Wrong[] {
  const coming = new Set(database.outbox.filter(({ indexed }) => !indexed).flatMap(({ products }) => products))
  return differences(database, fleet)
    .filter(({ id, held, version }) => held < version && !coming.has(id))
    .map((difference) => ({ kind: 'lost', what: `${named(difference)}, and marked as indexed` }))
}

/** @returns what the index lacks, where it differs from Postgres, and which process does not believe it */
export function indexProblems(database: Database, fleet: SimulatedFleet): Wrong[] {
  const pending = database.outbox.filter(({ indexed }) => !indexed).map(({ id }) => `not indexed: outbox row ${id}`)
  const doubting = fleet.processes
    .filter(({ coherence }) => !coherence.index.trusted)
    .map(({ host }) => `${host.name} does not believe the index`)
  const problems = [...pending, ...differences(database, fleet).map(named), ...doubting]
  return problems.map((what) => ({ kind: 'index', what }))
}
