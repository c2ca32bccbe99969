import { once } from 'node:events'
import { createServer } from 'node:http'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import next from 'next'
import { FastPath, withoutSharedLifetime } from '#lib/coherence/next.ts'
import { buildFolder, coherence } from './coherence.ts'

const port = Number(process.env['PORT'])
const app = next({ dev: false, dir: import.meta.dirname, hostname: 'localhost', port })
await app.prepare()
const handle = app.getRequestHandler()
await coherence().index.connect()

// The fast path asks Next here for a page, as a CDN asks its origin.
const socketPath = path.join(mkdtempSync(path.join(tmpdir(), 'dropin-')), 'next.sock')
const origin = createServer((request, response) => void fastPath.answerOrigin(request, () => handle(request, response)))
await once(origin.listen(socketPath), 'listening')

const fastPath = new FastPath(coherence(), {
  buildFolder,
  origin: { socketPath, host: `localhost:${port}` },
  rendersAtOnce: 4,
  warmRendersPerSecond: 10,
})

createServer(async (request, response) => {
  if (await fastPath.handle(request, response)) return
  withoutSharedLifetime(response)
  await handle(request, response)
}).listen(port, '127.0.0.1')
