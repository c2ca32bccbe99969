import { describe, expect, it } from 'vitest'
import { difference, readFlight, splitHtml } from './flight.ts'

const flight = (...rows: readonly string[]) => readFlight(Buffer.from(rows.join('')))

const text = (id: string, value: string) => `${id}:T${Buffer.byteLength(value).toString(16)},${value}`

describe('flight data', () => {
  it('is the same with a text in a row of its own, and in its place', () => {
    const long = 'Ä 12,90\u00a0€\n$5'
    const moved = flight(text('2', long), '1:["$","p",null,{"children":"$2"}]\n', '0:{"f":"$L1"}\n')
    const inPlace = flight(`0:{"f":["$","p",null,{"children":${JSON.stringify(long)}}]}\n`)
    expect(difference(moved.value, inPlace.value)).toBeUndefined()
  })

  it('is the same when a value is referred to by its path, through elements and rows', () => {
    const price = '{"amountMinor":1290}'
    const referred = flight(
      `2:["$","div",null,{"children":["$","p",null,{"price":${price}}]}]\n`,
      '0:{"a":["$L2",["$","b",null,{"price":"$2:props:children:props:price"}]]}\n',
    )
    const repeated = flight(
      `0:{"a":[["$","div",null,{"children":["$","p",null,{"price":${price}}]}],["$","b",null,{"price":${price}}]]}\n`,
    )
    expect(difference(referred.value, repeated.value)).toBeUndefined()
  })

  it('distinguishes a text that begins with a dollar from a reference and from no value', () => {
    const { value } = flight('0:["$$undefined","$undefined","$1",{"a":"$undefined"}]\n', '1:"x"\n')
    expect(value).toEqual(['$undefined', { 'flight:value': 'undefined' }, 'x', {}])
  })

  it('has its hints in no order, and its modules by what they name', () => {
    const one = flight(':HL["b"]\n', ':HL["a"]\n', '1:I[7,["x.js"],"default"]\n', '0:["$","$L1",null,{}]\n')
    const other = flight(':HL["a"]\n', ':HL["b"]\n', '9:I[7,["x.js"],"default"]\n', '0:["$","$L9",null,{}]\n')
    expect(difference(one, other)).toBeUndefined()
  })

  it('differs, with the place named, when one digit does', () => {
    const [one, other] = [1290, 1291].map((amount) => flight(`1:{"price":[${amount}]}\n`, '0:{"p":"$1"}\n'))
    expect(difference(one?.value, other?.value)).toBe('/p/price/0: 1290 and 1291')
    expect(difference({ a: 1 }, {})).toBe('/a: only on the left')
  })

  it('is refused when a row is shorter than it says, and when a reference leads nowhere', () => {
    expect(() => flight('2:Tff,abc')).toThrow('longer than the data')
    expect(() => flight('0:"$7"\n')).toThrow('nothing has the id 7')
    expect(() => flight('1:{"a":1}\n', '0:"$1:b:c"\n')).toThrow('leads nowhere, at b')
  })
})

it('joins the flight data of a page, divided at any place', () => {
  const push = (part: string) => `<script>self.__next_f.push(${JSON.stringify([1, part])})</script>`
  const { visible, flight: joined } = splitHtml(`<p>1</p>${push('0:{"a"')}${push(':"<\n')}${push('"}\n')}</body>`)
  expect(visible).toBe('<p>1</p><flight data></body>')
  expect(joined.toString()).toBe('0:{"a":"<\n"}\n')
})
