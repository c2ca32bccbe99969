import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { faultProxy, type FaultProxy } from './faultProxy.ts'

let server: Server
let proxy: FaultProxy
let client: Socket
/** The bytes that the server got; it sends all of it back. */
let received = ''
let answered = ''

beforeEach(async () => {
  received = ''
  answered = ''
  server = createServer((socket) => {
    socket.on('data', (chunk) => {
      received += String(chunk)
      socket.write(chunk)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  proxy = await faultProxy({ host: '127.0.0.1', port: address.port })
  client = connect(proxy.port, '127.0.0.1')
  client.on('data', (chunk) => {
    answered += String(chunk)
  })
  await once(client, 'connect')
})
afterEach(async () => {
  client.destroy()
  await proxy.close()
  await new Promise((resolve) => server.close(resolve))
})

test('brings what is sent to the server while answers are lost, and the answers when it is healed', async () => {
  client.write('one')
  await expect.poll(() => answered).toBe('one')
  proxy.freezeAnswers()
  client.write(' two')
  await expect.poll(() => received).toBe('one two')
  expect(answered).toBe('one')
  await proxy.heal()
  await expect.poll(() => answered).toBe('one two')
})

test('lets through later what it delays, and nothing overtakes it when it is healed', async () => {
  proxy.delay(200)
  const start = performance.now()
  client.write('late ')
  await expect.poll(() => received).toBe('late ')
  expect(performance.now() - start).toBeGreaterThanOrEqual(200)
  await proxy.heal()
  client.write('prompt')
  await expect.poll(() => answered).toBe('late prompt')
})
