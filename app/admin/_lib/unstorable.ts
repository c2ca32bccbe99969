import { type UnstorableText, unstorableText } from '#lib/platform/http/storableText.ts'

/** The first field of a form with a text that no store can hold, and the sentence about it. */
export function unstorableField(form: FormData): UnstorableText | undefined {
  return unstorableText(Object.fromEntries(form))
}
