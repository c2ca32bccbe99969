import { Field } from '../../_ui/Field.tsx'

/** A new password, twice. @param next an error, as `again` is */
export function NewPassword({ next, again }: { next: string | undefined; again: string | undefined }) {
  return (
    <>
      <Field
        id="next"
        name="next"
        type="password"
        label="New password"
        autoComplete="new-password"
        hint="At least 12 characters. Four words that do not belong together are good."
        error={next}
      />
      <Field id="again" name="again" type="password" label="Once more" autoComplete="new-password" error={again} />
    </>
  )
}
