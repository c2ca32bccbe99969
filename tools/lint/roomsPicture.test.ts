import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ROOMS } from './rooms.mjs'
import { importsOfRooms, roomsPicture } from './roomsPicture.ts'

const root = path.resolve(import.meta.dirname, '../..')

test('every room of the list exists', () => {
  expect(ROOMS.filter((room) => !existsSync(path.join(root, 'lib', room)))).toEqual([])
})

test('no room imports a room above it', () => {
  const upwards = [...importsOfRooms(root)].flatMap(([from, all]) =>
    [...all].filter((to) => ROOMS.indexOf(to) < ROOMS.indexOf(from)).map((to) => `${from} -> ${to}`),
  )
  expect(upwards).toEqual([])
})

test('ARCHITECTURE.md has the picture of the rooms as they are', () => {
  expect(readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8')).toContain(roomsPicture(root))
})
