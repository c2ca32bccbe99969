const MESSAGES = {
  no_account: 'There is no such account.',
  account_exists: 'This e-mail has an account already. Send it a new link where its owner has lost the password.',
  account_disabled: 'This account is disabled. Enable it first.',
  invalid_input: 'This is not understood.',
  link_ended: 'This link has been used, has expired, or a newer one was made. Ask an administrator for another one.',
  last_administrator: 'This is the last administrator who can sign in. Make another one first.',
  own_account: 'This is your own account: another administrator has to do that.',
  wrong_password: 'The current password is wrong.',
  wrong_code:
    'The code is wrong. It changes every half minute: type the newest, and see that the clock of the phone is right.',
  too_many_attempts: 'Too many attempts. Try again in a quarter of an hour.',
  password_refused: 'This password is not taken.',
} as const
export type AccountErrorCode = keyof typeof MESSAGES

/** Nothing was changed. The message says why, and what helps. */
export class AccountError extends Error {
  override readonly name = 'AccountError'
  readonly code: AccountErrorCode

  constructor(code: AccountErrorCode, message: string = MESSAGES[code]) {
    super(message)
    this.code = code
  }
}
