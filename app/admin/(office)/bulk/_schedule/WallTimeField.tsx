import { Field } from '../../../../_ui/Field.tsx'
import styles from './ScheduleForm.module.css'
import { wallOffsets } from './wallOffsets.ts'

interface Props {
  readonly id: string
  readonly label: string
  readonly value: string
  /** The choice between the two moments of the hour that the clock shows twice. */
  readonly offset: string
  readonly timeZone: string
  readonly required: boolean
  readonly disabled?: boolean
  readonly hint?: string
  readonly error: string | undefined
  readonly onChange: (value: string, offset: string) => void
}

/** Whether the clock shows this time twice, and it is not said yet which one is meant. */
export function isUndecided(value: string, offset: string, timeZone: string): boolean {
  const offsets = wallOffsets(value, timeZone)
  return offsets.length > 1 && !offsets.includes(offset)
}

/** The time as it is sent: with its offset where the clock shows it twice. */
export function wallText(value: string, offset: string, timeZone: string): string {
  const offsets = wallOffsets(value, timeZone)
  return offsets.length > 1 && offsets.includes(offset) ? `${value}${offset}` : value
}

/** A time on the wall. In the hour that comes twice it asks which one. */
export function WallTimeField({ id, label, value, offset, timeZone, onChange, ...rest }: Props) {
  const offsets = wallOffsets(value, timeZone)
  return (
    <div className={styles.time}>
      <Field
        id={id}
        label={label}
        type="datetime-local"
        value={value}
        onChange={(event) => onChange(event.target.value, '')}
        {...rest}
      />
      {offsets.length > 1 && !rest.disabled ? (
        <fieldset className={styles.twice}>
          <legend>The clock shows {value.slice(11)} twice then. Which one?</legend>
          {offsets.map((one, i) => (
            <label key={one}>
              <input
                type="radio"
                name={`${id}-offset`}
                value={one}
                checked={offset === one}
                onChange={() => onChange(value, one)}
              />{' '}
              {i === 0 ? 'The first' : 'The second'} ({one} from UTC)
            </label>
          ))}
        </fieldset>
      ) : null}
    </div>
  )
}
