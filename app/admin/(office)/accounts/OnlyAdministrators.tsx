import { Notice } from '../../../_ui/Notice.tsx'

export function OnlyAdministrators() {
  return (
    <Notice>
      <strong>Only administrators manage accounts.</strong> Ask one of them, and say what you need it for.
    </Notice>
  )
}
