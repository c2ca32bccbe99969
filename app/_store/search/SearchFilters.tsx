import Form from 'next/form'
import { getTranslations } from 'next-intl/server'
import { childrenOf, nameIn, topCategories } from '#lib/catalog/categories.ts'
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import type { Locale } from '#lib/platform/locales.ts'
import type { CategoryRef } from '#lib/catalog/rows.ts'
import {
  keptFields,
  searchFields,
  searchString,
  SORTS,
  type SearchField,
  type SearchProblem,
  type SearchQuery,
} from '#lib/catalog/search/searchParams.ts'
import { localized, searchPath } from '../../_i18n/paths.ts'
import { Button, ButtonLink } from '../../_ui/Button.tsx'
import { Field, SelectField } from '../../_ui/Field.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { SORT_LABELS } from './facetGroups.ts'
import styles from './Search.module.css'

interface SearchFiltersProps {
  query: SearchQuery
  problems: readonly SearchProblem[]
  categories: readonly CategoryRef[]
  locale: Locale
  shownPage: number
}

/** Parameters without a field in the form, which links beside it choose. */
function KeptFields({ query }: { query: SearchQuery }) {
  return keptFields(query).map(([name, value]) => (
    <input key={`${name} ${value}`} type="hidden" name={name} value={value} />
  ))
}

/** A GET form: it works without JavaScript, and every search has an address. */
export async function SearchFilters({ query, problems, categories, locale, shownPage }: SearchFiltersProps) {
  const t = await getTranslations({ locale, namespace: 'Search' })
  const fields = searchFields(query)
  const explain = ({ code, value }: SearchProblem) =>
    code === 'noSuchPage' ? t(code, { value, page: shownPage }) : t(code, { value })
  const errorOf = (field: SearchField) => {
    const problem = problems.find((candidate) => candidate.field === field)
    return problem && explain(problem)
  }
  const pageProblem = errorOf('page')
  // A form that was just sent starts anew when the address changes: the fields then show what was understood.
  return (
    <Form
      action={localized(locale, searchPath())}
      className={styles.filters}
      aria-label={t('filters')}
      key={searchString(query)}
    >
      <KeptFields query={query} />
      {pageProblem ? <Notice tone="warning">{pageProblem}</Notice> : null}
      <Field
        id="q"
        name="q"
        type="search"
        label={t('text')}
        defaultValue={fields.q}
        maxLength={100}
        error={errorOf('q')}
      />
      <SelectField
        id="category"
        name="category"
        label={t('category')}
        defaultValue={fields.category}
        error={errorOf('category')}
      >
        <option value="">{t('anyCategory')}</option>
        {topCategories(categories).map((top) => (
          <optgroup key={top.id} label={nameIn(top.names, locale)}>
            <option value={top.slug}>{nameIn(top.names, locale)}</option>
            {childrenOf(categories, top.id).map((child) => (
              <option key={child.id} value={child.slug}>
                {nameIn(child.names, locale)}
              </option>
            ))}
          </optgroup>
        ))}
      </SelectField>
      <div className={styles.range}>
        <Field
          id="min"
          name="min"
          inputMode="decimal"
          label={`${t('min')} (${SHOP_CURRENCY.symbol})`}
          defaultValue={fields.min}
          error={errorOf('min')}
        />
        <Field
          id="max"
          name="max"
          inputMode="decimal"
          label={`${t('max')} (${SHOP_CURRENCY.symbol})`}
          defaultValue={fields.max}
          error={errorOf('max')}
        />
      </div>
      <SelectField id="sort" name="sort" label={t('sort')} defaultValue={fields.sort} error={errorOf('sort')}>
        {SORTS.map((sort) => (
          <option key={sort} value={sort === 'recommended' ? '' : sort}>
            {t(SORT_LABELS[sort])}
          </option>
        ))}
      </SelectField>
      <div className={styles.buttons}>
        <Button type="submit">{t('apply')}</Button>
        <ButtonLink href={localized(locale, searchPath())} variant="quiet">
          {t('reset')}
        </ButtonLink>
      </div>
    </Form>
  )
}
