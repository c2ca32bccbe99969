import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCommand, writeCommand } from './losingProxy.ts'

const command = fc.array(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  { minLength: 1, maxLength: 6 },
)

test('reads commands of any bytes one by one, and only when they are whole', () => {
  fc.assert(
    fc.property(command, command, fc.nat(), (first, second, cut) => {
      const bytes = writeCommand(first)
      expect(readCommand(Buffer.concat([bytes, writeCommand(second)]))).toEqual({ args: first, length: bytes.length })
      expect(readCommand(bytes.subarray(0, cut % bytes.length))).toBeUndefined()
    }),
  )
})
