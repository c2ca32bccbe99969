/** Whether a layer that was read is fresh, and if not, why: the words of the freshness card. */

export type Standing = 'fresh' | 'empty' | 'behind' | 'ahead' | 'unreadable'

export interface LayerVerdict {
  readonly standing: Standing
  readonly why: string
}

interface Read {
  readonly layer: string
  readonly version: number | undefined
  readonly note: string | undefined
  readonly error: string | undefined
}

const BEHIND: Readonly<Record<string, string>> = {
  index:
    'The writer could not advance it and the relay has not yet. Pages that are checked now may be old: the monitor advances it again.',
  payload: 'A payload under the wrong key: readers refuse it and read Postgres.',
  applied: 'The invalidation job of this change has not finished. Shoppers do not read this copy.',
  page: 'It passed a check against an index that was behind when it was asked for, or that instance does not believe the index.',
  edge: 'The purge has not been seen by the edge yet.',
}

/**
 * @param before version in Postgres before the layers were read: what each of them must at least show
 * @param after the version afterwards: none may show more
 */
export function judgeLayer({ layer, version, note, error }: Read, before: number, after: number): LayerVerdict {
  if (error !== undefined) return { standing: 'unreadable', why: error }
  if (version === undefined) return { standing: 'empty', why: note ?? 'Nothing is kept here.' }
  if (version < before) return { standing: 'behind', why: BEHIND[layer] ?? 'It shows an older version.' }
  if (version > after)
    return { standing: 'ahead', why: 'Postgres never had this version: restored from a backup, or written by hand.' }
  return { standing: 'fresh', why: note ?? '' }
}
