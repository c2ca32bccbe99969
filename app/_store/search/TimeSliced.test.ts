import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { createElement } from 'react'
import { renderToPipeableStream } from 'react-dom/server'
import { expect, test } from 'vitest'
import { TimeSliced } from './TimeSliced.ts'

test('renders a few children in each turn of the event loop, all in their order', async () => {
  let turn = 0
  let ended = false
  const count = () => {
    turn++
    if (!ended) setImmediate(count)
  }
  setImmediate(count)
  const turnsOf: number[] = []
  function Card({ n }: { n: number }) {
    turnsOf[n] = turn
    return createElement('li', {}, n)
  }
  let html = ''
  const sink = new Writable({
    write(part, _encoding, done) {
      html += String(part)
      done()
    },
  })
  const cards = [0, 1, 2, 3, 4].map((n) => createElement(Card, { key: n, n }))
  const { pipe } = renderToPipeableStream(createElement('ul', {}, createElement(TimeSliced, { each: 2 }, cards)), {
    onAllReady: () => pipe(sink),
  })
  await finished(sink)
  ended = true
  expect(html).toBe('<ul><li>0</li><li>1</li><li>2</li><li>3</li><li>4</li></ul>')
  const [a, b, c, d, e] = turnsOf
  expect([b, d]).toEqual([a, c])
  expect(new Set([a, c, e]).size).toBe(3)
})
