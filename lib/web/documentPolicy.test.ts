import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DocumentPolicy } from './documentPolicy.ts'

const FAILURE = `<html><head><style>body{margin:0}</style></head><body style="font-family:&quot;A&quot;">failed</body></html>`
let folder: string
let url: string
const server = createServer((request, response) => {
  new DocumentPolicy(folder).letNextWrite(request, response)
  response.statusCode = Number(new URL(request.url ?? '', 'http://shop').searchParams.get('status'))
  response.end(FAILURE)
})
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'evergreen-build-'))
  mkdirSync(path.join(folder, 'server/app'), { recursive: true })
  writeFileSync(path.join(folder, 'server/app/_global-error.html'), FAILURE)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const stylesOf = async (address: string) =>
  /style-src ([^;]*)/.exec((await fetch(url + address)).headers.get('content-security-policy') ?? '')?.[1]

test('a document that failed may have the styles of its page, each by its hash, and no other document may', async () => {
  const hashes =
    "'self' 'unsafe-hashes' 'sha256-IAdwN3biDCQ3brrgp1m8kBEsPQYyqfREKOEfeoREopc=' 'sha256-6A2VEmC+Iyl53WKuw8iJxItb9Qp2VK7o8R7WRDezCp8='"
  expect(await stylesOf('/en/search?status=200')).toBe("'self'")
  expect(await stylesOf('/en/search?status=404')).toBe("'self'")
  expect(await stylesOf('/en/search?status=500')).toBe(hashes)
  expect(await stylesOf('/admin?status=500')).toBe(hashes)
})

test('a document of the store may run its own scripts and no other of the build', () => {
  const own = 'theme()'
  const other = 'self.__next_f.push([1,"2"])'
  const scripts = (...texts: string[]) => texts.map((text) => `<script>${text}</script>`).join('')
  writeFileSync(path.join(folder, 'server/app/en.html'), scripts(own, 'other()'))
  const policy = new DocumentPolicy(folder).ofDocument(Buffer.from(scripts(own, other, 'smuggled()')))
  const hashes = [own, other].map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  expect(/script-src ([^;]*)/.exec(policy['content-security-policy'] ?? '')?.[1]).toBe(["'self'", ...hashes].join(' '))
})

test('of two documents of one template each allows the same scripts, with its own values in them', () => {
  writeFileSync(path.join(folder, 'server/app/en.html'), '<script>theme()</script>')
  const policy = new DocumentPolicy(folder)
  const template = {}
  const call = (version: number) => `self.__next_f.push([1,"version ${version}"])`
  const allowed = (...texts: string[]) => {
    const html = Buffer.from(texts.map((text) => `<script>${text}</script>`).join(''))
    return /script-src ([^;]*)/.exec(policy.ofDocument(html, template)['content-security-policy'] ?? '')?.[1]
  }
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  for (const version of [7, 8])
    expect(allowed('theme()', call(version), 'smuggled()')).toBe(
      ["'self'", hash('theme()'), hash(call(version))].join(' '),
    )
  expect(allowed('smuggled()', call(9))).toBe(["'self'", hash(call(9))].join(' '))
})
