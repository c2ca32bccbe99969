import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const MARKED = '<b>~s0123456789abcdef.amount.1.en~</b>'

/** Answers in each way in which a server can, asked over TCP, then once over a socket file. */
const PROGRAM = `
  import { createServer, get } from 'node:http'
  import { brotliCompressSync, gzipSync, deflateSync } from 'node:zlib'
  const marked = ${JSON.stringify(MARKED)}
  const type = { 'content-type': 'text/html; charset=utf-8' }
  const packed = brotliCompressSync(marked)
  const ways = {
    '/end': (r) => { r.setHeader('Content-Type', 'application/json'); r.end(marked) },
    '/head': (r) => r.writeHead(200, type).end(Buffer.from(marked)),
    '/parts': (r) => { r.writeHead(200, type); r.write(marked.slice(0, 12)); r.end(marked.slice(12)) },
    '/br': (r) => r.writeHead(200, { ...type, 'content-encoding': 'br' }).end(packed),
    '/br-again': (r) => r.writeHead(200, { ...type, 'content-encoding': 'br' }).end(packed),
    '/gzip': (r) => { r.writeHead(404, { ...type, 'content-encoding': 'gzip' }); const b = gzipSync(marked); r.write(b.subarray(0, 9)); r.end(b.subarray(9)) },
    '/deflate': (r) => r.writeHead(200, { ...type, 'content-encoding': 'deflate' }).end(deflateSync(marked)),
    '/clean': (r) => r.writeHead(200, type).end('<b>12.90</b>'),
    '/picture': (r) => r.writeHead(200, { 'content-type': 'image/png' }).end(marked),
  }
  const ask = (options) => new Promise((resolve) => get(options, (answer) => answer.resume().on('end', resolve)))
  const server = createServer((request, response) => ways[request.url](response))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  for (const path of Object.keys(ways)) await ask({ port: server.address().port, path })
  server.close()
  const own = createServer((request, response) => response.writeHead(200, type).end(marked))
  const socketPath = process.argv[1]
  await new Promise((resolve) => own.listen(socketPath, resolve))
  await ask({ socketPath, path: '/own' })
  own.close()
`

it('writes down each placeholder that leaves a server over TCP, however the answer is written and packed', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'recorder-'))
  const file = path.join(folder, 'found')
  const env = { ...process.env, PLACEHOLDERS_FOUND: file }
  const preload = path.join(import.meta.dirname, 'answerRecorder.mjs')
  const args = ['--import', preload, '--input-type=module', '--eval', PROGRAM, path.join(folder, 'own.sock')]
  await promisify(execFile)(process.execPath, args, { env, timeout: 20_000 })
  const found = readFileSync(file, 'utf8').trim().split('\n').toSorted()
  rmSync(folder, { recursive: true })
  expect(found).toEqual(['br', 'deflate', 'end', 'gzip', 'head', 'parts'].map((way) => `GET /${way}: ${MARKED}`))
})
