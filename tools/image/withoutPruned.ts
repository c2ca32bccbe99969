/**
 * Preloaded into a process that a test runs as a container would: it finds no package that the image of the shop does not hold, which
 * are those of development, and those that the Dockerfile removes.
 */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

const locked: { readonly packages: Readonly<Record<string, { readonly dev?: boolean }>> } = JSON.parse(
  read('package-lock.json'),
)
const [, names = ''] = /cd node_modules\s+&& rm -rf ([^&\n]+)/.exec(read('Dockerfile').replaceAll('\\\n', ' ')) ?? []
const removed = names.trim().split(/\s+/)
const isRemoved = new RegExp(`^node_modules/(?:${removed.join('|').replaceAll('*', '[^/]*')})(?:/|$)`)
const FOLDER = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    const file = found.url.startsWith('file:') ? path.relative(root, fileURLToPath(found.url)) : ''
    const [folder] = FOLDER.exec(file) ?? []
    if (folder === undefined || !(isRemoved.test(folder) || locked.packages[folder]?.dev === true)) return found
    throw Object.assign(new Error(`The image has no ${folder}, which ${context.parentURL} imports.`), {
      code: 'MODULE_NOT_FOUND',
    })
  },
})
