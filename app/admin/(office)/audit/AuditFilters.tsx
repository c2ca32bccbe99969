import Form from 'next/form'
import { AUDIT_ACTIONS } from '#lib/audit/actions.ts'
import { Button, ButtonLink } from '../../../_ui/Button.tsx'
import { Field, SelectField } from '../../../_ui/Field.tsx'
import { Fields, Row } from '../../_components/Layout.tsx'

/** A plain GET form, so that what was found can be bookmarked and sent to a colleague. */
export function AuditFilters({ given }: { given: Readonly<Record<string, string>> }) {
  const kinds = [...new Set(AUDIT_ACTIONS.map((action) => action.slice(0, action.indexOf('.') + 1)))]
  return (
    <search>
      <Form action="/admin/audit" key={JSON.stringify(given)}>
        <Fields min="10.5rem" end>
          <Field
            id="actor"
            name="actor"
            label="Who"
            defaultValue={given['actor']}
            maxLength={200}
            autoComplete="off"
            placeholder="Part of a name"
          />
          <SelectField id="action" name="action" label="What" defaultValue={given['action'] ?? ''}>
            <option value="">Everything</option>
            {kinds.map((kind) => (
              <optgroup key={kind} label={kind.slice(0, -1)}>
                <option value={kind}>All of {kind.slice(0, -1)}</option>
                {AUDIT_ACTIONS.filter((action) => action.startsWith(kind)).map((action) => (
                  <option key={action} value={action}>
                    {action}
                  </option>
                ))}
              </optgroup>
            ))}
          </SelectField>
          <Field
            id="target"
            name="target"
            label="About"
            defaultValue={given['target']}
            maxLength={200}
            autoComplete="off"
            placeholder="product:42"
          />
          <Field id="from" name="from" type="date" label="From (UTC)" defaultValue={given['from']} />
          <Field id="to" name="to" type="date" label="To (UTC)" defaultValue={given['to']} />
          <Row gap={2} style={{ flexWrap: 'nowrap' }}>
            <Button type="submit">Show</Button>
            <ButtonLink href="/admin/audit" variant="quiet">
              Clear
            </ButtonLink>
          </Row>
        </Fields>
      </Form>
    </search>
  )
}
