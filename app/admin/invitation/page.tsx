import type { Metadata } from 'next'
import { NoScript } from '../../_ui/Notice.tsx'
import { Brand } from '../_components/Brand.tsx'
import styles from '../sign-in/page.module.css'
import { Invitation } from './Invitation.tsx'

export const metadata: Metadata = { title: 'Choose a password', referrer: 'no-referrer' }

export default function InvitationPage() {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <Brand />
        <h1 className={styles.title}>Choose a password</h1>
        <NoScript text="The link is read by a script, so that no server on the way sees it. Allow scripts for this page." />
        <Invitation />
      </div>
    </main>
  )
}
