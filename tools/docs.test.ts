/** The statements of the docs about files hold for the files that are there. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })].filter(
  (file) => existsSync(path.join(root, file)),
)

test.each(pages)('%s names only files and folders that exist', (page) => {
  const text = readFileSync(path.join(root, page), 'utf8')
  const named = [...text.matchAll(/`((?:app|bench|cli|docs|e2e|edge|lib|prisma|tools|workers)\/[\w./()[\]-]*\w\/?)`/g)]
  const missing = named.map(([, file = '']) => file).filter((file) => !existsSync(path.join(root, file)))
  expect(missing).toEqual([])
})

test.each(pages)('%s links only to pages that exist', (page) => {
  const text = readFileSync(path.join(root, page), 'utf8')
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link)
  const missing = links.filter((link) => !existsSync(path.join(root, path.dirname(page), link)))
  expect(missing).toEqual([])
})

test('the document of security has each chapter of ASVS 5.0 and each of the ten risks, with a test that is there', () => {
  const text = readFileSync(path.join(root, 'docs/operations/security.md'), 'utf8')
  const wanted = [
    ...Array.from({ length: 17 }, (_, i) => `V${i + 1}`),
    ...Array.from({ length: 10 }, (_, i) => `API${i + 1}`),
  ]
  const shown = wanted.filter((name) => {
    const row = new RegExp(`^\\| ${name} .*$`, 'm').exec(text)?.[0] ?? ''
    const tests = [...row.matchAll(/`([^`]+\.(?:test|spec)\.ts)`/g)].map(([, file = '']) => file)
    return tests.length > 0 && tests.every((file) => existsSync(path.join(root, file)))
  })
  expect(shown).toEqual(wanted)
})
