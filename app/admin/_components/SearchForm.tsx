import Form from 'next/form'
import { Button } from '../../_ui/Button.tsx'
import { Field } from '../../_ui/Field.tsx'
import styles from './Frame.module.css'

interface Props {
  readonly query?: string
  /** The page that lists what is found. */
  readonly action?: string
  readonly label?: string
  readonly placeholder?: string
}

/** A plain GET form, so that a result can be bookmarked and sent to a colleague. Finds products unless told otherwise. */
export function SearchForm({
  query = '',
  action = '/admin/products',
  label = 'Find a product',
  placeholder = 'Name, SKU, brand or id',
}: Props) {
  return (
    <search className={styles.search}>
      <Form action={action} className={styles.searchForm}>
        <Field
          id="q"
          name="q"
          type="search"
          label={label}
          hideLabel
          placeholder={placeholder}
          defaultValue={query}
          key={query}
          maxLength={200}
          autoComplete="off"
        />
        <Button type="submit">Find</Button>
      </Form>
    </search>
  )
}
