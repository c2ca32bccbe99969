import { absolute, relative } from '../_lib/time.ts'

/** The time since then; the exact instant on hover and for machines. */
export function When({ at }: { at: Date }) {
  return (
    <time dateTime={at.toISOString()} title={absolute(at)}>
      {relative(at)}
    </time>
  )
}
