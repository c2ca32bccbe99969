import type { FormEvent } from 'react'

/** The fields that a form sends with the pressed button, if there is one. */
export function formOf({ currentTarget, nativeEvent }: FormEvent<HTMLFormElement>): URLSearchParams {
  const submitter = nativeEvent instanceof SubmitEvent ? nativeEvent.submitter : null
  const texts = [...new FormData(currentTarget, submitter)].map(([name, value]) => [name, String(value)])
  return new URLSearchParams(texts)
}
