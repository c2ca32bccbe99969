/** The pages name files, headings and commands that exist. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'

const root = path.resolve(import.meta.dirname, '..')
const pages = globSync(['*.md', 'docs/**/*.md', 'lib/*/README.md', 'e2e/*/README.md'], { cwd: root })
const read = (page: string) => readFileSync(path.join(root, page), 'utf8')

/** As GitHub makes them of headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = read(page)
    .replaceAll(/^```.*?^```/gms, '')
    .matchAll(/^#+ (.*)$/gm)
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

test.each(pages)('%s names only files and folders that exist', (page) => {
  const named = [
    ...read(page).matchAll(/`((?:app|bench|cli|docs|e2e|edge|lib|prisma|tools|workers)\/[\w./()[\]-]*\w\/?)`/g),
  ]
  const missing = named.map(([, file = '']) => file).filter((file) => !existsSync(path.join(root, file)))
  expect(missing).toEqual([])
})

test.each(pages)('%s links only to pages and headings that exist', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)]*))?\)/g)]
  const missing = links.flatMap(([link, file = '', anchor]) => {
    const target = file ? path.join(path.dirname(page), file) : page
    if (!existsSync(path.join(root, target))) return [link]
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor) ? [link] : []
  })
  expect(missing).toEqual([])
})

test.each([...pages, '.env.example'])('%s names only commands of package.json', (page) => {
  const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')))
  const named = [...read(page).matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name = '']) => name)
  expect(named.filter((name) => !(name in scripts))).toEqual([])
})

test('the document of security has each chapter of ASVS 5.0 and each of the ten risks, with a test that is there', () => {
  const text = read('docs/operations/security.md')
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
