/** A session of logical replication that Postgres ends as soon as it has begun. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { ReplicationStream } from './stream.ts'

/** A message of Postgres' protocol. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.from(`${type}    `)
  head.writeInt32BE(body.byteLength + 4, 1)
  return Buffer.concat([head, body])
}

const AUTHENTICATED = message('R', Buffer.alloc(4))
const READY = message('Z', Buffer.from('I'))
const ENDED = message('E', Buffer.from('SFATAL\0C57P01\0Mthe server stops\0\0'))

it('ends with an error when Postgres says in the packet that opens the session that it stops', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, ENDED])))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const url = `postgresql://shop@127.0.0.1:${port}/shop`
  const stream = new ReplicationStream({ url, slot: 'slot', publication: 'changes', from: '0/0' })
  await expect(stream.next(10_000)).rejects.toThrow('not queryable')
  await stream.close()
  server.close()
})
