/** The rights of each role, as people choose one. */
export const ROLES = [
  { role: 'viewer', label: 'Viewer: reads prices and history' },
  { role: 'editor', label: 'Editor: changes prices within limits, sees orders' },
  { role: 'admin', label: 'Admin: also beyond the limits, tokens, accounts' },
] as const
