/**
 * The cost of a flood for the machine itself: a bare process that answers 429 at once. The same clients flood it while
 * the reader reads the shop, so that what is left of a difference is the shop's.
 */
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  response.writeHead(429, { 'Retry-After': '1' }).end()
  request.resume()
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.send?.({ port: address.port })
})
process.on('disconnect', () => process.exit())
