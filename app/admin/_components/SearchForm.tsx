import Form from 'next/form'
import { Button } from '../../_ui/Button.tsx'
import { Field } from '../../_ui/Field.tsx'
import styles from './SearchForm.module.css'

/** Finds products by name, SKU, brand or id. A plain GET form, so that a result can be bookmarked and sent to a colleague. */
export function SearchForm({ query = '' }: { query?: string }) {
  return (
    <search className={styles.frame}>
      <Form action="/admin/products" className={styles.search}>
        <Field
          id="q"
          name="q"
          type="search"
          label="Find a product"
          hideLabel
          placeholder="Name, SKU, brand or id"
          defaultValue={query}
          key={query}
          maxLength={100}
          autoComplete="off"
          className={styles.field}
        />
        <Button type="submit">Find</Button>
      </Form>
    </search>
  )
}
