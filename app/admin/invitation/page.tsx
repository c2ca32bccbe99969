import type { Metadata } from 'next'
import { NoScript } from '../../_ui/Notice.tsx'
import { Gate } from '../_components/Frame.tsx'
import { Invitation } from './Invitation.tsx'

export const metadata: Metadata = { title: 'Choose a password', referrer: 'no-referrer' }

export default function InvitationPage() {
  return (
    <Gate title="Choose a password">
      <NoScript text="The link is read by a script, so that no server on the way sees it. Allow scripts for this page." />
      <Invitation />
    </Gate>
  )
}
