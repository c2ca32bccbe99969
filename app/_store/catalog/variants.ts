/** Finds how the products of a group differ, and the product that each colour and each size leads to. On the server. */
import { COLOURS } from '#lib/catalog/art/palette.ts'
import type { Variation } from '#lib/catalog/jsonLd.ts'
import type { Product, Variant } from '#lib/catalog/rows.ts'
import type { Messages } from '../../_i18n/messages.ts'

export function colourName(colour: string, names: Messages['Colours']): string {
  const known = COLOURS.find((own) => own === colour)
  return known === undefined ? colour : names[known]
}

type Option = 'colour' | 'size'
const OTHER = { colour: 'size', size: 'colour' } as const

/** The variant with the value that differs least from the shown product, or else the first. */
function leadingTo(members: readonly Variant[], product: Product, option: Option, value: string): Variant | undefined {
  const having = members.filter((member) => member[option] === value)
  const other = OTHER[option]
  return (
    having.find(({ id }) => id === product.id) ?? having.find((member) => member[other] === product[other]) ?? having[0]
  )
}

interface OptionValue {
  readonly value: string
  readonly member: Variant
}

const isNumber = (value: string) => /^\d/.test(value)

/** @returns a product for each value, in the order of the group, numbers from the smallest; none where all have the same value */
export function optionValues(product: Product, option: Option): OptionValue[] {
  const members = product.group?.members ?? []
  const values = [...new Set(members.flatMap((member) => member[option] ?? []))]
  if (values.length < 2) return []
  if (values.every(isNumber)) values.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return values.flatMap((value) => {
    const member = leadingTo(members, product, option, value)
    return member ? [{ value, member }] : []
  })
}

/** JSON-LD of the group. @param groupId the address of its group */
export function variationOf(
  { colour, size }: Pick<Variant, 'colour' | 'size'>,
  names: Messages['Colours'],
  groupId?: string,
): Variation {
  return {
    ...(colour !== null && { color: colourName(colour, names) }),
    ...(size !== null && { size }),
    ...(groupId !== undefined && { isVariantOf: { '@type': 'ProductGroup' as const, '@id': groupId } }),
  }
}
