import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { versioned } from './resources.ts'
import { nameShown, withShownNamed } from './shownVersions.ts'

/** @returns the `Cache-Tag` of the answer of a server */
async function tagsOf(answer: RequestListener): Promise<string | null> {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port }: Partial<AddressInfo> = Object(server.address())
  const response = await fetch(`http://127.0.0.1:${port}`)
  await response.text()
  return response.headers.get('cache-tag')
}

test('names what an answer shows in its head, and keeps nothing of what comes later: that of a feed are millions', async () => {
  const kept: number[] = []
  const later = [2, 3].values().map((id) => {
    kept.push(id)
    return versioned('price', id, 7)
  })
  const tags = await tagsOf(
    (_request, response) =>
      void withShownNamed(response, async () => {
        nameShown([versioned('price', 1, 7)])
        response.write('the head goes before it')
        nameShown(later)
        response.end()
      }),
  )
  expect(tags).toBe('price:1@7')
  expect(kept).toEqual([])
})
