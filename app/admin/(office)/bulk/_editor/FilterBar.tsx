'use client'

import { amountToInput } from '#lib/money/money.ts'
import type { SelectionFacets } from '#lib/pricing/bulk/contract.ts'
import { Button } from '../../../../_ui/Button.tsx'
import { Field, SelectField } from '../../../../_ui/Field.tsx'
import { type FilterForm, NO_FILTERS, readFilters } from '../_lib/filterForm.ts'
import styles from './Editor.module.css'
import { Panel } from '../../../_components/Layout.tsx'

interface Props {
  readonly filters: FilterForm
  readonly facets: SelectionFacets
  readonly unknownSkus: readonly string[]
  readonly onChange: (filters: FilterForm) => void
}

function status(text: string): FilterForm['status'] {
  return text === 'active' || text === 'discontinued' ? text : ''
}

function sale(text: string): FilterForm['sale'] {
  return text === 'yes' || text === 'no' ? text : ''
}

const CHANGED: readonly (readonly [FilterForm['changed'], string])[] = [
  ['', 'Whenever'],
  ['day', 'In the last day'],
  ['week', 'In the last week'],
  ['month', 'In the last 30 days'],
  ['not-month', 'Not for 30 days'],
  ['since', 'Since…'],
]
const LEFT: readonly (readonly [FilterForm['left'], string])[] = [
  ['', 'Any'],
  ['conflict', 'In conflict'],
  ['refused', 'Refused'],
]

function chosen<T extends string>(options: readonly (readonly [T, string])[], text: string, otherwise: T): T {
  return options.find(([value]) => value === text)?.[0] ?? otherwise
}

function Options({ options }: { options: readonly (readonly [string, string])[] }) {
  return options.map(([value, words]) => (
    <option key={value} value={value}>
      {words}
    </option>
  ))
}

/** Selects the products that match all filters. */
export function FilterBar({ filters, facets, unknownSkus, onChange }: Props) {
  const { errors, selection } = readFilters(filters)
  const skus = selection.skus?.length ?? 0
  const set = (part: Partial<FilterForm>) => onChange({ ...filters, ...part })
  return (
    <Panel as="fieldset">
      <legend>1. Products</legend>
      <div className={styles.fields}>
        <Field
          id="filter-text"
          label="Name, SKU or brand"
          type="search"
          value={filters.text}
          onChange={(event) => set({ text: event.target.value })}
        />
        <SelectField
          id="filter-category"
          label="Category"
          value={filters.category}
          onChange={(event) => set({ category: event.target.value })}
        >
          <option value="">All</option>
          {facets.categories.map(({ slug, name, parent, products }) => (
            <option key={slug} value={slug}>
              {parent === null ? '' : '\u2003'}
              {name} ({products.toLocaleString('en')})
            </option>
          ))}
        </SelectField>
        <SelectField
          id="filter-brand"
          label="Brand"
          value={filters.brand}
          onChange={(event) => set({ brand: event.target.value })}
        >
          <option value="">All</option>
          {facets.brands.map(({ brand, products }) => (
            <option key={brand} value={brand}>
              {brand} ({products.toLocaleString('en')})
            </option>
          ))}
        </SelectField>
        <Field
          id="filter-min"
          label="Price from"
          inputMode="decimal"
          placeholder={amountToInput(0)}
          value={filters.min}
          error={errors.min}
          onChange={(event) => set({ min: event.target.value })}
        />
        <Field
          id="filter-max"
          label="Price to"
          inputMode="decimal"
          placeholder="any"
          value={filters.max}
          error={errors.max}
          onChange={(event) => set({ max: event.target.value })}
        />
        <SelectField
          id="filter-amount-of"
          label="Of the price"
          value={filters.amountOf}
          onChange={(event) => set({ amountOf: event.target.value === 'shown' ? 'shown' : 'base' })}
        >
          <option value="base">Base price</option>
          <option value="shown">As shown, sales too</option>
        </SelectField>
        <SelectField
          id="filter-sale"
          label="On sale"
          value={filters.sale}
          onChange={(event) => set({ sale: sale(event.target.value) })}
        >
          <option value="">Either</option>
          <option value="yes">On sale</option>
          <option value="no">Not on sale</option>
        </SelectField>
        <SelectField
          id="filter-status"
          label="Status"
          value={filters.status}
          onChange={(event) => set({ status: status(event.target.value) })}
        >
          <option value="">Either</option>
          <option value="active">Active</option>
          <option value="discontinued">Discontinued</option>
        </SelectField>
        <SelectField
          id="filter-changed"
          label="Price changed"
          value={filters.changed}
          onChange={(event) => set({ changed: chosen(CHANGED, event.target.value, '') })}
        >
          <Options options={CHANGED} />
        </SelectField>
        {filters.changed === 'since' ? (
          <Field
            id="filter-since"
            label="Changed since"
            type="datetime-local"
            value={filters.since}
            onChange={(event) => set({ since: event.target.value })}
          />
        ) : null}
        <SelectField
          id="filter-left"
          label="Left by a bulk edit"
          value={filters.left}
          onChange={(event) => set({ left: chosen(LEFT, event.target.value, '') })}
        >
          <Options options={LEFT} />
        </SelectField>
      </div>
      <details open={skus > 0 || errors.skus !== undefined}>
        <summary className={styles.more}>
          Paste a list of SKUs{skus > 0 ? ` (${skus.toLocaleString('en')})` : ''}
        </summary>
        <label htmlFor="filter-skus" className="visually-hidden">
          SKUs
        </label>
        <textarea
          id="filter-skus"
          className={styles.skus}
          rows={4}
          spellCheck={false}
          placeholder="A column from a spreadsheet, or SKUs separated by commas"
          value={filters.skus}
          onChange={(event) => set({ skus: event.target.value })}
        />
        {errors.skus ? (
          <p className={styles.warning} role="alert">
            {errors.skus}
          </p>
        ) : null}
        {unknownSkus.length > 0 ? (
          <p className={styles.warning} role="alert">
            No product has{' '}
            {unknownSkus.length === 1 ? 'the SKU' : `${unknownSkus.length.toLocaleString('en')} of these SKUs:`}{' '}
            {unknownSkus.slice(0, 8).join(', ')}
            {unknownSkus.length > 8 ? ' …' : ''}
          </p>
        ) : null}
      </details>
      {JSON.stringify(filters) === JSON.stringify(NO_FILTERS) ? null : (
        <Button variant="quiet" size="sm" onClick={() => onChange(NO_FILTERS)}>
          Clear the filters
        </Button>
      )}
    </Panel>
  )
}
