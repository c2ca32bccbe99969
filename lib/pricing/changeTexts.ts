/** Changes the name and the description of a product in each language. Pages, lists and search follow the product's version. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { assertMay, type Principal } from '#lib/access/principal.ts'
import { correlationId as currentCorrelationId } from '#lib/platform/correlation.ts'
import { db } from '#lib/platform/db.ts'
import { DEFAULT_LOCALE, LOCALES, type Locale } from '#lib/platform/locales.ts'
import { confirmVersions, type Acknowledgement } from './acknowledge.ts'
import { inPriceTransaction } from './transaction.ts'

/** The texts for shoppers of one language. Empty where there is no translation: they read English then, which is never empty. */
export interface Texts {
  readonly locale: Locale
  readonly name: string
  readonly description: string
}

const byLanguage = z.record(z.string(), z.string())
const select = { name: true, description: true, names: true, descriptions: true } as const
type Row = Readonly<Record<'name' | 'description', string> & Record<'names' | 'descriptions', unknown>>

/** One of each language. */
function textsIn({ name, description, ...row }: Row): Texts[] {
  const [names, descriptions] = [byLanguage.parse(row.names), byLanguage.parse(row.descriptions)]
  return LOCALES.map((locale) =>
    locale === DEFAULT_LOCALE
      ? { locale, name, description }
      : { locale, name: names[locale] ?? '', description: descriptions[locale] ?? '' },
  )
}

/** @returns undefined when there is no such product */
export async function readTexts(productId: number): Promise<Texts[] | undefined> {
  const row = await db().product.findUnique({ where: { id: productId }, select })
  return row ? textsIn(row) : undefined
}

/** The translations of one field, without English and without empty ones. */
function translations(texts: readonly Texts[], field: 'name' | 'description'): Record<string, string> {
  const translated = texts.filter(({ locale, [field]: text }) => locale !== DEFAULT_LOCALE && text !== '')
  return Object.fromEntries(translated.map(({ locale, [field]: text }) => [locale, text]))
}

interface TextsChange {
  readonly productId: number
  /** One of each language. */
  readonly texts: readonly Texts[]
  readonly reason: string
}

/**
 * Commit, advance the version index, acknowledge.
 * @returns undefined when there is no such product; `changed` is false when it had these texts: nothing was written
 * @throws {MissingPermissionError}
 * @throws {PricesBusyError} when another transaction holds the row for more than 5 s; nothing was written
 * @throws {PriceStoreUnavailableError} when Postgres does not answer
 */
export async function changeTexts(
  { productId, texts, reason }: TextsChange,
  principal: Principal,
): Promise<
  | { readonly state: Acknowledgement; readonly changed: boolean; /** Of the product. */ readonly version: number }
  | undefined
> {
  assertMay(principal, 'products:write')
  const correlationId = currentCorrelationId() ?? randomUUID()
  const context = { actor: principal.actor, reason, source: 'api', correlationId }
  const found = await inPriceTransaction(context, async (tx) => {
    await tx.$executeRaw`SELECT 1 FROM products WHERE id = ${productId} FOR NO KEY UPDATE`
    const row = await tx.product.findUnique({ where: { id: productId }, select: { ...select, version: true } })
    if (!row) return undefined
    const before = new Map(textsIn(row).map((own) => [own.locale, own]))
    const changes = texts.flatMap(({ locale, ...to }) => {
      const { name = '', description = '' } = before.get(locale) ?? {}
      return name === to.name && description === to.description ? [] : [{ locale, from: { name, description }, to }]
    })
    if (changes.length === 0) return { changed: false, version: row.version }
    const english = texts.find(({ locale }) => locale === DEFAULT_LOCALE)
    const data = {
      ...(english && { name: english.name, description: english.description }),
      names: translations(texts, 'name'),
      descriptions: translations(texts, 'description'),
    }
    await tx.product.update({ where: { id: productId }, data })
    await tx.auditEntry.create({
      data: {
        actor: principal.actor,
        via: principal.kind,
        action: 'product.texts',
        target: `product:${productId}`,
        reason,
        detail: { changes },
        correlationId,
      },
    })
    const after = await tx.product.findUniqueOrThrow({ where: { id: productId }, select: { version: true } })
    return { changed: true, version: after.version }
  })
  if (!found) return undefined
  const version = Number(found.version)
  const state = await confirmVersions([{ kind: 'product', id: productId, version }], correlationId)
  return { state, changed: found.changed, version }
}
