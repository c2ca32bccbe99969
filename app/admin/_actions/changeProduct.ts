'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { z } from 'zod'
import { requirePermission } from '#lib/auth/requirePermission.ts'
import { isSlug, versioned } from '#lib/catalog/resources.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { DEFAULT_LOCALE, LOCALES } from '#lib/platform/locales.ts'
import { changeTexts, type Texts } from '#lib/pricing/changeTexts.ts'
import { renameProduct, type RenameOutcome, SlugTakenError } from '#lib/pricing/renameProduct.ts'
import { explainFailure } from '../_lib/explainFailure.ts'
import { unstorableField } from '../_lib/params.ts'

const REASON = 'Say why, in a few words.'
const common = {
  productId: z.coerce.number().int().positive(),
  reason: z.string().trim().min(3, REASON).max(500, 'At most 500 characters.'),
}
const slugForm = z.object({
  ...common,
  slug: z
    .string()
    .trim()
    .refine(isSlug, 'Lower-case letters and digits with single hyphens between them, such as oak-chair.'),
})
const textsForm = z.object(common)

const MOST_NAME = 200
const MOST_DESCRIPTION = 5_000

export type ChangeProductState =
  | { readonly kind: 'idle' }
  /** `version` is undefined where nothing changed. */
  | { readonly kind: 'saved'; readonly state: 'live' | 'propagating'; readonly version: VersionedTag | undefined }
  /** `field` as the form names it. */
  | { readonly kind: 'refused'; readonly field: string; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }

const GONE = { kind: 'failed', message: 'There is no such product any more.' } as const

function refusalOf(error: z.ZodError): ChangeProductState {
  const [issue] = error.issues
  return {
    kind: 'refused',
    field: String(issue?.path[0] ?? ''),
    message: issue?.message ?? 'The form is not complete.',
  }
}

function savedOf(
  productId: number,
  { state, changed, version }: Pick<RenameOutcome, 'state' | 'changed' | 'version'>,
): ChangeProductState {
  return { kind: 'saved', state, version: changed ? versioned('product', productId, version) : undefined }
}

/** Changes the address of a product, from the form on its page. */
export async function setSlug(_previous: ChangeProductState, data: FormData): Promise<ChangeProductState> {
  try {
    const editor = await requirePermission(await headers(), 'products:write')
    const unstorable = unstorableField(data)
    if (unstorable) return { kind: 'refused', field: unstorable.field, message: unstorable.message }
    const asked = slugForm.safeParse(Object.fromEntries(data))
    if (!asked.success) return refusalOf(asked.error)
    const outcome = await renameProduct(asked.data, editor)
    if (!outcome) return GONE
    refresh()
    return savedOf(asked.data.productId, outcome)
  } catch (error) {
    if (error instanceof SlugTakenError) return { kind: 'refused', field: 'slug', message: error.message }
    return explainFailure(error, 'a product was not renamed')
  }
}

/** @returns the texts, or the field that cannot be */
function textsOf(data: FormData): Texts[] | { readonly field: string; readonly message: string } {
  const text = (field: string) => String(data.get(field) ?? '').trim()
  const texts = LOCALES.map((locale) => ({
    locale,
    name: text(`name.${locale}`),
    description: text(`description.${locale}`),
  }))
  for (const { locale, ...own } of texts)
    for (const [part, most] of [
      ['name', MOST_NAME],
      ['description', MOST_DESCRIPTION],
    ] as const) {
      const field = `${part}.${locale}`
      if (own[part].length > most) return { field, message: `At most ${most} characters.` }
      if (locale === DEFAULT_LOCALE && own[part] === '')
        return { field, message: 'English is what shoppers read where there is no translation: it cannot be empty.' }
    }
  return texts
}

/** Changes name and description of a product, from the form on its page. */
export async function setTexts(_previous: ChangeProductState, data: FormData): Promise<ChangeProductState> {
  try {
    const editor = await requirePermission(await headers(), 'products:write')
    const unstorable = unstorableField(data)
    if (unstorable) return { kind: 'refused', field: unstorable.field, message: unstorable.message }
    const asked = textsForm.safeParse(Object.fromEntries(data))
    if (!asked.success) return refusalOf(asked.error)
    const texts = textsOf(data)
    if ('field' in texts) return { kind: 'refused', ...texts }
    const outcome = await changeTexts({ ...asked.data, texts }, editor)
    if (!outcome) return GONE
    refresh()
    return savedOf(asked.data.productId, outcome)
  } catch (error) {
    return explainFailure(error, 'the texts of a product were not changed')
  }
}
