import { randomInt } from 'node:crypto'

/** Without vowels, which make words, and without what looks like something else. */
const LETTERS = 'BCDFGHJKMNPQRSTVWXZ23456789'

const group = () => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('')

/**
 * A date, for people, and eight random characters: of 280 thousand million a day none follows from another.
 * @example orderNumber(new Date()) // '261128-KQ7F-M3TX'
 */
export function orderNumber(at: Date): string {
  return `${at.toISOString().slice(2, 10).replaceAll('-', '')}-${group()}-${group()}`
}

const NUMBER = /^\d{6}-[0-9A-Z]{4}-[0-9A-Z]{4}$/

/** Reads a typed number of an order. @returns undefined for what is none */
export function readOrderNumber(text: string): string | undefined {
  const number = text.trim().toUpperCase()
  return NUMBER.test(number) ? number : undefined
}
