import type { FormEvent } from 'react'

/** What a form sends when this button of it, if one, was pressed. */
export function formOf({ currentTarget, nativeEvent }: FormEvent<HTMLFormElement>): URLSearchParams {
  const submitter = nativeEvent instanceof SubmitEvent ? nativeEvent.submitter : null
  const texts = [...new FormData(currentTarget, submitter)].map(([name, value]) => [name, String(value)])
  return new URLSearchParams(texts)
}
