/** The Worker's modules for workerd, as wrangler would bundle them: each TypeScript file with its types taken out. */
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import path from 'node:path'

export interface WorkerModule {
  readonly type: 'ESModule'
  readonly path: string
  readonly contents: string
}

const IMPORT = /^(?:import|export)\b[^'"]*?['"](\.{1,2}\/[^'"]+)['"]/gm

/** @param entry absolute path of a `.ts` file @returns it first, then everything that it imports */
export function workerModules(entry: string): WorkerModule[] {
  const modules = new Map<string, WorkerModule>()
  const add = (file: string) => {
    if (modules.has(file)) return
    const contents = stripTypeScriptTypes(readFileSync(file, 'utf8'))
    modules.set(file, { type: 'ESModule', path: file, contents })
    for (const [, specifier = ''] of contents.matchAll(IMPORT)) add(path.resolve(path.dirname(file), specifier))
  }
  add(entry)
  return [...modules.values()]
}
