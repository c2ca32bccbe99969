/** An alert as chat programs take it: https://api.slack.com/messaging/webhooks */
import type { AlertModel } from '#lib/generated/prisma/models.ts'

export interface Message {
  /** The text of a notification, and all that a simple receiver has to read. */
  readonly text: string
  readonly blocks: readonly unknown[]
}

/** Slack's limit for a section is 3,000 characters. */
const EVIDENCE_CHARACTERS = 2_500

/** Slack reads these three as markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** @param shopUrl where the back office is, for the link */
export function messageOf(alert: AlertModel, news: 'raised' | 'resolved', shopUrl: string): Message {
  const mark =
    news === 'resolved'
      ? ':white_check_mark: Resolved'
      : alert.severity === 'critical'
        ? ':red_circle: Critical'
        : ':warning: Warning'
  const text = `${mark}: ${escaped(alert.summary)} [${alert.kind}]`
  const evidence = escaped(JSON.stringify(alert.detail, null, 1)).slice(0, EVIDENCE_CHARACTERS)
  const at = (news === 'resolved' ? alert.resolvedAt : alert.raisedAt)?.toISOString() ?? ''
  return {
    text,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text } },
      ...(news === 'raised' ? [{ type: 'section', text: { type: 'mrkdwn', text: `\`\`\`${evidence}\`\`\`` } }] : []),
      { type: 'context', elements: [{ type: 'mrkdwn', text: `${at} · <${shopUrl}/admin/freshness|Freshness>` }] },
    ],
  }
}
