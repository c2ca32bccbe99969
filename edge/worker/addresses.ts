/**
 * Remembers the tags of the page at an address. It saves a question to the index on each visit and is
 * never believed: what decides is the `Cache-Tag` of the entry that is found.
 */
import type { Environment } from './environment.ts'
import { isVolatile, ownPrice } from './entry.ts'

const REMEMBERED = 5_000
const tagsOf = new Map<string, readonly string[]>()

const recordOf = (path: string) => `address:${path.replace(/^\/[^/]+/, '')}`

/** @param path of a product page, with its language */
export async function tagsAt(env: Environment, path: string, isProduct: boolean): Promise<readonly string[]> {
  const known = tagsOf.get(path)
  if (known || !isProduct) return known ?? []
  // An isolate that has never seen the page needs at least the product's id for the key.
  const key = recordOf(path)
  const found = (await env.VERSIONS.get([key])).get(key)
  return found ? [found] : []
}

export async function remember(
  env: Environment,
  path: string,
  versions: ReadonlyMap<string, number>,
  isProduct: boolean,
): Promise<void> {
  const known = tagsOf.get(path)
  if (tagsOf.size > REMEMBERED) tagsOf.clear()
  tagsOf.set(path, [...versions.keys()])
  const own = ownPrice(versions)
  if (!isProduct || own === undefined || known?.find(isVolatile) === own) return
  const key = recordOf(path)
  if ((await env.VERSIONS.get([key])).get(key) !== own) await env.VERSIONS.put(key, own)
}
