import type { AddressField, AddressProblem } from '#lib/orders/address.ts'
import type { Messages } from '../../_i18n/messages.ts'
import { Field, SelectField } from '../../_ui/Field.tsx'
import type { CheckoutValues } from './checkoutForm.ts'
import styles from './Checkout.module.css'

export interface ShownCountry {
  readonly code: string
  readonly name: string
  /** The tax statement beside its prices. */
  readonly tax: string
}

interface AddressFieldsProps {
  labels: Messages['Checkout']
  countries: readonly ShownCountry[]
  country: string
  onCountry: (code: string) => void
  values: CheckoutValues
  problems: Readonly<Partial<Record<AddressField, AddressProblem>>>
}

const SAID = {
  missing: 'missing',
  tooLong: 'tooLong',
  characters: 'characters',
  email: 'noEmail',
  country: 'noCountry',
} as const satisfies Record<AddressProblem, keyof Messages['Checkout']>

/** As browsers know them, so that they can fill them in. */
const FIELDS = [
  { name: 'email', autoComplete: 'email', type: 'email' },
  { name: 'name', autoComplete: 'shipping name', type: 'text' },
  { name: 'street', autoComplete: 'shipping street-address', type: 'text' },
  { name: 'postcode', autoComplete: 'shipping postal-code', type: 'text' },
  { name: 'city', autoComplete: 'shipping address-level2', type: 'text' },
] as const

export function AddressFields({ labels, countries, country, onCountry, values, problems }: AddressFieldsProps) {
  const errorOf = (field: AddressField) => {
    const problem = problems[field]
    return problem && labels[SAID[problem]]
  }
  return (
    <div className={styles.address}>
      {FIELDS.map(({ name, autoComplete, type }) => (
        <Field
          key={name}
          id={`checkout-${name}`}
          className={styles[name]}
          name={name}
          label={labels[name]}
          hint={name === 'email' ? labels.emailHint : undefined}
          type={type}
          autoComplete={autoComplete}
          required
          maxLength={254}
          defaultValue={values[name] ?? ''}
          error={errorOf(name)}
        />
      ))}
      <SelectField
        id="checkout-country"
        className={styles.country}
        name="country"
        label={labels.country}
        autoComplete="shipping country"
        required
        value={country}
        onChange={({ currentTarget }) => onCountry(currentTarget.value)}
        error={errorOf('country')}
      >
        {countries.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </SelectField>
    </div>
  )
}
