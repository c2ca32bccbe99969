import { cacheLife, cacheTag } from 'next/cache'
import { cacheTags } from '#lib/coherence/tags.ts'
import { postgres } from './coherence.ts'

export interface Article {
  readonly title: string
  readonly version: number
}

/** @returns undefined when there is no such article */
export async function cachedArticle(id: number): Promise<Article | undefined> {
  'use cache'
  cacheLife('days')
  const { rows } = await postgres().query<{ title: string; version: string }>(
    'SELECT title, version FROM articles WHERE id = $1',
    [id],
  )
  const [row] = rows
  if (!row) {
    cacheLife('seconds')
    return undefined
  }
  const version = Number(row.version)
  // Text and version are of one statement: that is all that the kernel asks of a read.
  cacheTag(...cacheTags([{ kind: 'article', id, version }]))
  return { title: row.title, version }
}
