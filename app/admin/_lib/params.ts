import { type UnstorableText, unstorableText } from '#lib/platform/http/storableText.ts'

/** The first value of a query parameter; an address typed by hand may carry several, or none. */
export function first(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? ''
}

const MAX_PAGE = 100_000

/** A page number from 1; any other text means the first page. */
export function pageNumber(text: string): number {
  return /^[1-9]\d{0,5}$/.test(text) ? Math.min(Number(text), MAX_PAGE) : 1
}

/** An id as Postgres stores it. @returns undefined for anything else */
export function idNumber(text: string): number | undefined {
  const id = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined
  return id !== undefined && id <= 2_147_483_647 ? id : undefined
}

/** A field of a form as it was typed; what is no text is empty. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

/** The first field of a form with a text that no store can hold, and what to tell about it. */
export function unstorableField(form: FormData): UnstorableText | undefined {
  return unstorableText(Object.fromEntries(form))
}
