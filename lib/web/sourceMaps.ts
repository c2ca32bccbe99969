/**
 * Gives Next the source map of a chunk when it prints an error. With `--enable-source-maps` Node would keep the maps of
 * all loaded chunks: 55 MB of the heap of a web instance. Our own files need no map, because Node replaces their types
 * with blanks.
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { LRUCache } from 'lru-cache'
// What the module beside it wants to find.
import 'next/dist/server/node-environment-baseline.js'
import { setBundlerFindSourceMapImplementation } from 'next/dist/server/patch-error-inspect.js'

type SourceMap = NonNullable<ReturnType<Parameters<typeof setBundlerFindSourceMapImplementation>[0]>>

/** Errors come in crowds, from one place. */
const kept = new LRUCache<string, SourceMap>({ max: 4 })

/** @param chunk its path or address @returns undefined for a file without a map beside it */
function sourceMapOf(chunk: string): SourceMap | undefined {
  const file = `${chunk.startsWith('file:') ? fileURLToPath(chunk) : chunk}.map`
  if (!kept.has(file) && existsSync(file)) kept.set(file, JSON.parse(readFileSync(file, 'utf8')))
  return kept.get(file)
}

export function nameSourcesOfErrors(): void {
  setBundlerFindSourceMapImplementation(sourceMapOf)
}
