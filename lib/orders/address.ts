/** The address of an order, as a form has it. */
import { z } from 'zod'
import { unstorableText } from '#lib/platform/http/storableText.ts'
import { type Country, isCountry } from './countries.ts'

export interface Address {
  readonly name: string
  readonly street: string
  readonly postcode: string
  readonly city: string
  readonly country: Country
  /** In lower case. */
  readonly email: string
}

export const ADDRESS_FIELDS = ['email', 'name', 'street', 'postcode', 'city', 'country'] as const
export type AddressField = (typeof ADDRESS_FIELDS)[number]

/** The fault of a field; the page has a text for each. */
export type AddressProblem = 'missing' | 'tooLong' | 'characters' | 'email' | 'country'

const LONGEST: Readonly<Record<AddressField, number>> = {
  email: 254,
  name: 100,
  street: 150,
  postcode: 12,
  city: 100,
  country: 2,
}

const CONTROL = /\p{Cc}/u
const isEmail = (text: string) => z.email().safeParse(text).success

function problemOf(field: AddressField, text: string): AddressProblem | undefined {
  if (text === '') return 'missing'
  if (text.length > LONGEST[field]) return field === 'country' ? 'country' : 'tooLong'
  if (unstorableText(text) || CONTROL.test(text)) return 'characters'
  if (field === 'email' && !isEmail(text)) return 'email'
  return field === 'country' && !isCountry(text) ? 'country' : undefined
}

export type ReadAddress =
  | { readonly ok: true; readonly address: Address }
  | { readonly ok: false; readonly problems: Readonly<Partial<Record<AddressField, AddressProblem>>> }

/** @param textOf a field of the form; blanks at its edges do not count */
export function readAddress(textOf: (field: AddressField) => string): ReadAddress {
  const read = (field: AddressField) => textOf(field).trim().replace(/\s+/g, ' ')
  const problems = Object.fromEntries(
    ADDRESS_FIELDS.flatMap((field) => {
      const problem = problemOf(field, read(field))
      return problem ? [[field, problem]] : []
    }),
  )
  const country = read('country')
  if (Object.keys(problems).length > 0 || !isCountry(country)) return { ok: false, problems }
  const [name, street, postcode, city] = [read('name'), read('street'), read('postcode'), read('city')]
  return { ok: true, address: { name, street, postcode, city, country, email: read('email').toLowerCase() } }
}
