import type { Colour } from '#lib/catalog/art/palette.ts'
import type { Form } from '#lib/catalog/art/forms.ts'

/** The names of one form of a product, and its prices in whole euros, from the cheapest to the dearest. */
interface FormWords {
  readonly form: Form
  readonly types: readonly string[]
  readonly euros: readonly [number, number]
}

/**
 * The words of one child category. Sentences may use {type}, {colour}, {material}, {brand} and {model};
 * each must be true of every form of the category.
 */
export interface KindWords {
  readonly category: string
  readonly sku: string
  readonly brands: readonly string[]
  readonly models: readonly string[]
  readonly materials: readonly string[]
  readonly colours: readonly Colour[]
  readonly forms: readonly FormWords[]
  /** The sizes, from the smallest; written in every language as here. */
  readonly sizes?: readonly string[]
  /** By default `{model} {material} {type}, {colour}`. */
  readonly naming?: string
  /** The first sentence says what it is, the second what is special, the third what to know. */
  readonly openings: readonly string[]
  readonly features: readonly string[]
  readonly details: readonly string[]
}
