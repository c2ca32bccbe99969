import { type UnstorableText, unstorableText } from '#lib/platform/http/storableText.ts'

/** The first field of a form with a text that no store can hold, and what to tell about it. */
export function unstorableField(form: FormData): UnstorableText | undefined {
  return unstorableText(Object.fromEntries(form))
}
