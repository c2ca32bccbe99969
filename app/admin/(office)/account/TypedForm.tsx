import { Button } from '../../../_ui/Button.tsx'
import { Field } from '../../../_ui/Field.tsx'
import styles from './TwoFactor.module.css'

interface Props {
  readonly run: (form: FormData) => void
  readonly pending: boolean
  /** The action that it is for. */
  readonly step: string
  readonly field: { readonly type: string; readonly label: string; readonly autoComplete: string }
  readonly button: string
}

/** One field and what it is for. */
export function TypedForm({ run, pending, step, field, button }: Props) {
  return (
    <form action={run} className={styles.typed} noValidate>
      <input type="hidden" name="step" value={step} />
      <Field id={`typed-${step}`} name="typed" {...field} />
      <Button type="submit" variant="secondary" disabled={pending}>
        {button}
      </Button>
    </form>
  )
}
